$version: "2"

// The contract of the part of Amazon EventBridge that an event bus of this project has: rules, targets,
// connections, API destinations, archives and replays. model/gen reads it and writes
// internal/events/eventsapi. Lengths count Unicode code points; patterns are RE2 and match the whole value.
// Lists that AWS's model leaves open have a maximum here, so that a small request cannot become a large record.
namespace cosell.events

/// The service: the same endpoint, told apart by the target prefix and the signing name.
@targetPrefix("AWSEvents")
@iamPrefix("events")
@arnPrefix("arn:aws:events:us-east-1:{account}:")
@protocol("awsJson1_1")
service EventBridge {
    version: "2015-10-07"
    operations: [
        CancelReplay
        CreateApiDestination
        CreateArchive
        CreateConnection
        DeauthorizeConnection
        DeleteApiDestination
        DeleteArchive
        DeleteConnection
        DeleteRule
        DescribeApiDestination
        DescribeArchive
        DescribeConnection
        DescribeEventBus
        DescribeReplay
        DescribeRule
        DisableRule
        EnableRule
        ListApiDestinations
        ListArchives
        ListConnections
        ListEventBuses
        ListReplays
        ListRuleNamesByTarget
        ListRules
        ListTagsForResource
        ListTargetsByRule
        PutEvents
        PutRule
        PutTargets
        RemoveTargets
        StartReplay
        TagResource
        TestEventPattern
        UntagResource
        UpdateApiDestination
        UpdateArchive
        UpdateConnection
    ]
}

// ---------------------------------------------------------------------------------------------------
// Traits of ours, as in selling.smithy.

/// What stands before the dot of an X-Amz-Target header.
@trait(selector: "service")
string targetPrefix

/// The IAM service prefix. Every operation is authorised as the action of its own name.
@trait(selector: "service")
string iamPrefix

/// What the ARNs of the service's resources begin with; {account} is the caller's account.
@trait(selector: "service")
string arnPrefix

/// What follows the prefix in the ARN of the resource that a request is about. {Member} is the
/// identifier that the member has; a template that is a member alone is an ARN that the request has.
@trait(selector: "operation")
string resourceArn

/// The actions that the caller of an operation must be allowed to take beside its own, each with the
/// resource. An action of another service has its prefix. {List.Member} is what each element of a list has.
@trait(selector: "operation")
list dependentActions {
    member: String
}

/// The protocol, awsJson1_0 where there is none. In awsJson1_1 absent members are left out of answers and
/// times are seconds since 1970.
@trait(selector: "service")
string protocol

// ---------------------------------------------------------------------------------------------------
// Operations

/// Makes a rule of the default bus, or replaces its pattern, state, description and role.
@resourceArn("rule/{Name}")
@dependentActions(["iam:PassRole arn:aws:iam::{account}:role/{RoleArn}"])
operation PutRule {
    input: PutRuleRequest
    output: PutRuleResponse
    errors: [ConcurrentModificationException, InternalException, InvalidEventPatternException, LimitExceededException, ResourceNotFoundException]
}

/// Reads one rule.
@readonly
@resourceArn("rule/{Name}")
operation DescribeRule {
    input: DescribeRuleRequest
    output: DescribeRuleResponse
    errors: [InternalException, ResourceNotFoundException]
}

/// Lists the rules of the bus, by name.
@readonly @paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "Limit")
operation ListRules {
    input: ListRulesRequest
    output: ListRulesResponse
    errors: [InternalException, ResourceNotFoundException]
}

/// Lets a rule send events to its targets.
@resourceArn("rule/{Name}")
operation EnableRule {
    input: EnableRuleRequest
    errors: [ConcurrentModificationException, InternalException, ResourceNotFoundException]
}

/// Keeps a rule and sends it no events.
@resourceArn("rule/{Name}")
operation DisableRule {
    input: DisableRuleRequest
    errors: [ConcurrentModificationException, InternalException, ResourceNotFoundException]
}

/// Removes a rule that has no targets; one that does not exist is no error.
@resourceArn("rule/{Name}")
operation DeleteRule {
    input: DeleteRuleRequest
    errors: [ConcurrentModificationException, InternalException, ResourceNotFoundException]
}

/// Adds targets to a rule, or replaces those with the same Id. Each entry succeeds or fails by itself.
@resourceArn("rule/{Rule}")
@dependentActions(["iam:PassRole arn:aws:iam::{account}:role/{Targets.RoleArn}"])
operation PutTargets {
    input: PutTargetsRequest
    output: PutTargetsResponse
    errors: [ConcurrentModificationException, InternalException, LimitExceededException, ResourceNotFoundException]
}

/// Lists the targets of a rule, by Id.
@readonly @paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "Limit")
@resourceArn("rule/{Rule}")
operation ListTargetsByRule {
    input: ListTargetsByRuleRequest
    output: ListTargetsByRuleResponse
    errors: [InternalException, ResourceNotFoundException]
}

/// Removes targets of a rule by their Ids.
@resourceArn("rule/{Rule}")
operation RemoveTargets {
    input: RemoveTargetsRequest
    output: RemoveTargetsResponse
    errors: [ConcurrentModificationException, InternalException, ResourceNotFoundException]
}

/// Lists the names of the rules that have a target with an ARN.
@readonly @paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "Limit")
operation ListRuleNamesByTarget {
    input: ListRuleNamesByTargetRequest
    output: ListRuleNamesByTargetResponse
    errors: [InternalException, ResourceNotFoundException]
}

/// Reports whether a pattern matches an event.
@readonly
operation TestEventPattern {
    input: TestEventPatternRequest
    output: TestEventPatternResponse
    errors: [InternalException, InvalidEventPatternException]
}

/// Puts events of own sources on the bus. Each entry succeeds or fails by itself.
@resourceArn("event-bus/default")
operation PutEvents {
    input: PutEventsRequest
    output: PutEventsResponse
    errors: [InternalException]
}

/// Stores how API destinations authorize themselves. The secrets are never returned.
@resourceArn("connection/{Name}")
operation CreateConnection {
    input: CreateConnectionRequest
    output: CreateConnectionResponse
    errors: [InternalException, LimitExceededException, ResourceAlreadyExistsException, ResourceNotFoundException, ThrottlingException]
}

/// Reads a connection, without its secrets.
@readonly
@resourceArn("connection/{Name}")
operation DescribeConnection {
    input: DescribeConnectionRequest
    output: DescribeConnectionResponse
    errors: [InternalException, ResourceNotFoundException]
}

/// Lists connections, by name.
@readonly @paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "Limit")
operation ListConnections {
    input: ListConnectionsRequest
    output: ListConnectionsResponse
    errors: [InternalException]
}

/// Changes a connection; what the request leaves out stays.
@resourceArn("connection/{Name}")
operation UpdateConnection {
    input: UpdateConnectionRequest
    output: UpdateConnectionResponse
    errors: [ConcurrentModificationException, InternalException, LimitExceededException, ResourceNotFoundException, ThrottlingException]
}

/// Removes a connection that no API destination uses.
@resourceArn("connection/{Name}")
operation DeleteConnection {
    input: DeleteConnectionRequest
    output: DeleteConnectionResponse
    errors: [ConcurrentModificationException, InternalException, ResourceNotFoundException]
}

/// Removes the secrets of a connection and keeps its name.
@resourceArn("connection/{Name}")
operation DeauthorizeConnection {
    input: DeauthorizeConnectionRequest
    output: DeauthorizeConnectionResponse
    errors: [ConcurrentModificationException, InternalException, ResourceNotFoundException]
}

/// Makes an HTTP endpoint that rules can have as a target.
@resourceArn("api-destination/{Name}")
operation CreateApiDestination {
    input: CreateApiDestinationRequest
    output: CreateApiDestinationResponse
    errors: [InternalException, LimitExceededException, ResourceAlreadyExistsException, ResourceNotFoundException]
}

/// Reads an API destination.
@readonly
@resourceArn("api-destination/{Name}")
operation DescribeApiDestination {
    input: DescribeApiDestinationRequest
    output: DescribeApiDestinationResponse
    errors: [InternalException, ResourceNotFoundException]
}

/// Lists API destinations, by name.
@readonly @paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "Limit")
operation ListApiDestinations {
    input: ListApiDestinationsRequest
    output: ListApiDestinationsResponse
    errors: [InternalException]
}

/// Changes an API destination; what the request leaves out stays.
@resourceArn("api-destination/{Name}")
operation UpdateApiDestination {
    input: UpdateApiDestinationRequest
    output: UpdateApiDestinationResponse
    errors: [ConcurrentModificationException, InternalException, LimitExceededException, ResourceNotFoundException]
}

/// Removes an API destination.
@resourceArn("api-destination/{Name}")
operation DeleteApiDestination {
    input: DeleteApiDestinationRequest
    output: DeleteApiDestinationResponse
    errors: [ConcurrentModificationException, InternalException, ResourceNotFoundException]
}

/// Adds tags to a rule, or replaces the values of those it has.
@resourceArn("{ResourceARN}")
operation TagResource {
    input: TagResourceRequest
    output: TagResourceResponse
    errors: [ConcurrentModificationException, InternalException, ResourceNotFoundException]
}

/// Removes tags of a rule by their keys.
@resourceArn("{ResourceARN}")
operation UntagResource {
    input: UntagResourceRequest
    output: UntagResourceResponse
    errors: [ConcurrentModificationException, InternalException, ResourceNotFoundException]
}

/// Lists the tags of a rule.
@readonly
@resourceArn("{ResourceARN}")
operation ListTagsForResource {
    input: ListTagsForResourceRequest
    output: ListTagsForResourceResponse
    errors: [InternalException, ResourceNotFoundException]
}

/// Makes an archive: events of the bus that it selects can be replayed.
@resourceArn("archive/{ArchiveName}")
operation CreateArchive {
    input: CreateArchiveRequest
    output: CreateArchiveResponse
    errors: [ConcurrentModificationException, InternalException, InvalidEventPatternException, LimitExceededException, ResourceAlreadyExistsException, ResourceNotFoundException]
}

/// Reads an archive.
@readonly
@resourceArn("archive/{ArchiveName}")
operation DescribeArchive {
    input: DescribeArchiveRequest
    output: DescribeArchiveResponse
    errors: [InternalException, ResourceAlreadyExistsException, ResourceNotFoundException]
}

/// Lists archives, by name.
@readonly @paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "Limit")
operation ListArchives {
    input: ListArchivesRequest
    output: ListArchivesResponse
    errors: [InternalException, ResourceNotFoundException]
}

/// Changes an archive; what the request leaves out stays.
@resourceArn("archive/{ArchiveName}")
operation UpdateArchive {
    input: UpdateArchiveRequest
    output: UpdateArchiveResponse
    errors: [ConcurrentModificationException, InternalException, InvalidEventPatternException, LimitExceededException, ResourceNotFoundException]
}

/// Removes an archive; its replays stay listed.
@resourceArn("archive/{ArchiveName}")
operation DeleteArchive {
    input: DeleteArchiveRequest
    output: DeleteArchiveResponse
    errors: [ConcurrentModificationException, InternalException, ResourceNotFoundException]
}

/// Delivers the archived events of a time window again.
@resourceArn("replay/{ReplayName}")
operation StartReplay {
    input: StartReplayRequest
    output: StartReplayResponse
    errors: [InternalException, InvalidEventPatternException, LimitExceededException, ResourceAlreadyExistsException, ResourceNotFoundException]
}

/// Reads a replay.
@readonly
@resourceArn("replay/{ReplayName}")
operation DescribeReplay {
    input: DescribeReplayRequest
    output: DescribeReplayResponse
    errors: [InternalException, ResourceNotFoundException]
}

/// Lists replays, by name.
@readonly @paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "Limit")
operation ListReplays {
    input: ListReplaysRequest
    output: ListReplaysResponse
    errors: [InternalException]
}

/// Stops a replay that has not ended.
@resourceArn("replay/{ReplayName}")
operation CancelReplay {
    input: CancelReplayRequest
    output: CancelReplayResponse
    errors: [ConcurrentModificationException, IllegalStatusException, InternalException, ResourceNotFoundException]
}

/// Reads the default bus, the only one.
@readonly
@resourceArn("event-bus/default")
operation DescribeEventBus {
    input: DescribeEventBusRequest
    output: DescribeEventBusResponse
    errors: [InternalException, ResourceNotFoundException]
}

/// Lists the default bus.
@readonly @paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "Limit")
operation ListEventBuses {
    input: ListEventBusesRequest
    output: ListEventBusesResponse
    errors: [InternalException]
}

/// The request of PutRule.
structure PutRuleRequest {
    @required Name: RuleName
    ScheduleExpression: ScheduleExpression
    EventPattern: EventPattern
    State: RuleState
    Description: RuleDescription
    RoleArn: RoleArn
    Tags: TagList
    EventBusName: EventBusNameOrArn
}

@length(min: 1, max: 64)
@pattern("[\\.\\-_A-Za-z0-9]+")
string RuleName

@length(max: 256)
string ScheduleExpression

@length(max: 4096)
string EventPattern

/// Whether a rule sends events.
enum RuleState {
    ENABLED
    DISABLED
}

@length(max: 512)
string RuleDescription

@length(min: 1, max: 1600)
string RoleArn

@length(max: 50)
list TagList {
    member: Tag
}

/// A key and a value on a rule.
structure Tag {
    @required Key: TagKey
    @required Value: TagValue
}

@length(min: 1, max: 128)
string TagKey

@length(max: 256)
string TagValue

@length(min: 1, max: 1600)
@pattern("(arn:aws[\\w-]*:events:[a-z]+-[a-z]+-[\\w-]+:[0-9]{12}:event-bus/)?[/\\.\\-_A-Za-z0-9]+")
string EventBusNameOrArn

/// The answer of PutRule.
structure PutRuleResponse {
    RuleArn: RuleArn
}

@length(min: 1, max: 1600)
string RuleArn

/// The request of DescribeRule.
structure DescribeRuleRequest {
    @required Name: RuleName
    EventBusName: EventBusNameOrArn
}

/// The answer of DescribeRule.
structure DescribeRuleResponse {
    Name: RuleName
    Arn: RuleArn
    EventPattern: EventPattern
    ScheduleExpression: ScheduleExpression
    State: RuleState
    Description: RuleDescription
    RoleArn: RoleArn
    EventBusName: EventBusName
    CreatedBy: CreatedBy
}

@length(min: 1, max: 256)
@pattern("[/\\.\\-_A-Za-z0-9]+")
string EventBusName

@length(min: 1, max: 128)
string CreatedBy

/// The request of ListRules.
structure ListRulesRequest {
    NamePrefix: RuleName
    EventBusName: EventBusNameOrArn
    NextToken: NextToken
    Limit: LimitMax100
}

@length(min: 1, max: 2048)
string NextToken

@range(min: 1, max: 100)
integer LimitMax100

/// The answer of ListRules.
structure ListRulesResponse {
    Rules: RuleResponseList
    NextToken: NextToken
}

list RuleResponseList {
    member: Rule
}

/// A rule in a list.
structure Rule {
    Name: RuleName
    Arn: RuleArn
    EventPattern: EventPattern
    State: RuleState
    Description: RuleDescription
    ScheduleExpression: ScheduleExpression
    RoleArn: RoleArn
    EventBusName: EventBusName
}

/// The request of EnableRule.
structure EnableRuleRequest {
    @required Name: RuleName
    EventBusName: EventBusNameOrArn
}

/// The request of DisableRule.
structure DisableRuleRequest {
    @required Name: RuleName
    EventBusName: EventBusNameOrArn
}

/// The request of DeleteRule.
structure DeleteRuleRequest {
    @required Name: RuleName
    EventBusName: EventBusNameOrArn
    Force: Boolean
}

/// The request of PutTargets.
structure PutTargetsRequest {
    @required Rule: RuleName
    EventBusName: EventBusNameOrArn
    @required Targets: TargetList
}

@length(min: 1, max: 100)
list TargetList {
    member: Target
}

/// What receives the events of a rule, and in which form.
structure Target {
    @required Id: TargetId
    @required Arn: TargetArn
    RoleArn: RoleArn
    Input: TargetInput
    InputPath: TargetInputPath
    InputTransformer: InputTransformer
    SqsParameters: SqsParameters
    HttpParameters: HttpParameters
    DeadLetterConfig: DeadLetterConfig
    RetryPolicy: RetryPolicy
}

@length(min: 1, max: 64)
@pattern("[\\.\\-_A-Za-z0-9]+")
string TargetId

@length(min: 1, max: 1600)
string TargetArn

@length(max: 8192)
string TargetInput

@length(max: 256)
string TargetInputPath

/// How the event becomes what the target receives: paths into the event, and a template that uses them.
structure InputTransformer {
    InputPathsMap: TransformerPaths
    @required InputTemplate: TransformerInput
}

@length(max: 100)
map TransformerPaths {
    key: InputTransformerPathKey
    value: TargetInputPath
}

@length(min: 1, max: 256)
@pattern("[A-Za-z0-9_\\-]+")
string InputTransformerPathKey

@length(min: 1, max: 8192)
string TransformerInput

/// The message group of a FIFO queue.
structure SqsParameters {
    MessageGroupId: MessageGroupId
}

@length(max: 100)
string MessageGroupId

/// What an API destination receives beside the event.
structure HttpParameters {
    PathParameterValues: PathParameterList
    HeaderParameters: HeaderParametersMap
    QueryStringParameters: QueryStringParametersMap
}

@length(max: 100)
list PathParameterList {
    member: PathParameter
}

@pattern("(?s).*\\S.*")
string PathParameter

@length(max: 100)
map HeaderParametersMap {
    key: HeaderKey
    value: HeaderValue
}

@length(max: 512)
@pattern("[!#$%&'*+-.^_`|~0-9a-zA-Z]+")
string HeaderKey

@length(max: 512)
@pattern("[ \\t]*[\\x20-\\x7E]+([ \\t]+[\\x20-\\x7E]+)*[ \\t]*")
string HeaderValue

@length(max: 100)
map QueryStringParametersMap {
    key: QueryStringKey
    value: QueryStringValue
}

@length(max: 512)
@pattern("[^\\x00-\\x1F\\x7F]+")
string QueryStringKey

@length(max: 512)
@pattern("[^\\x00-\\x09\\x0B\\x0C\\x0E-\\x1F\\x7F]+")
string QueryStringValue

/// Where events go that could not be delivered.
structure DeadLetterConfig {
    Arn: ResourceArn
}

@length(min: 1, max: 1600)
string ResourceArn

/// How long and how often delivery is tried.
structure RetryPolicy {
    MaximumRetryAttempts: MaximumRetryAttempts
    MaximumEventAgeInSeconds: MaximumEventAgeInSeconds
}

@range(min: 0, max: 185)
integer MaximumRetryAttempts

@range(min: 60, max: 86400)
integer MaximumEventAgeInSeconds

/// The answer of PutTargets.
structure PutTargetsResponse {
    FailedEntryCount: Integer
    FailedEntries: PutTargetsResultEntryList
}

list PutTargetsResultEntryList {
    member: PutTargetsResultEntry
}

/// A target that was not added.
structure PutTargetsResultEntry {
    TargetId: TargetId
    ErrorCode: String
    ErrorMessage: String
}

/// The request of ListTargetsByRule.
structure ListTargetsByRuleRequest {
    @required Rule: RuleName
    EventBusName: EventBusNameOrArn
    NextToken: NextToken
    Limit: LimitMax100
}

/// The answer of ListTargetsByRule.
structure ListTargetsByRuleResponse {
    Targets: TargetList
    NextToken: NextToken
}

/// The request of RemoveTargets.
structure RemoveTargetsRequest {
    @required Rule: RuleName
    EventBusName: EventBusNameOrArn
    @required Ids: TargetIdList
    Force: Boolean
}

@length(min: 1, max: 100)
list TargetIdList {
    member: TargetId
}

/// The answer of RemoveTargets.
structure RemoveTargetsResponse {
    FailedEntryCount: Integer
    FailedEntries: RemoveTargetsResultEntryList
}

list RemoveTargetsResultEntryList {
    member: RemoveTargetsResultEntry
}

/// A target that was not removed.
structure RemoveTargetsResultEntry {
    TargetId: TargetId
    ErrorCode: String
    ErrorMessage: String
}

/// The request of ListRuleNamesByTarget.
structure ListRuleNamesByTargetRequest {
    @required TargetArn: TargetArn
    EventBusName: EventBusNameOrArn
    NextToken: NextToken
    Limit: LimitMax100
}

/// The answer of ListRuleNamesByTarget.
structure ListRuleNamesByTargetResponse {
    RuleNames: RuleNameList
    NextToken: NextToken
}

list RuleNameList {
    member: RuleName
}

/// The request of TestEventPattern.
structure TestEventPatternRequest {
    @required EventPattern: EventPattern
    @required Event: String
}

/// The answer of TestEventPattern.
structure TestEventPatternResponse {
    Result: Boolean
}

/// The request of PutEvents.
structure PutEventsRequest {
    @required Entries: PutEventsRequestEntryList
}

@length(min: 1, max: 10)
list PutEventsRequestEntryList {
    member: PutEventsRequestEntry
}

/// One event.
structure PutEventsRequestEntry {
    Time: Timestamp
    Source: String
    Resources: EventResourceList
    DetailType: String
    Detail: String
    EventBusName: NonPartnerEventBusNameOrArn
    TraceHeader: TraceHeader
}

@length(max: 100)
list EventResourceList {
    member: EventResource
}

@length(max: 2048)
string EventResource

@length(min: 1, max: 1600)
@pattern("(arn:aws[\\w-]*:events:[a-z]+-[a-z]+-[\\w-]+:[0-9]{12}:event-bus/)?[\\.\\-_A-Za-z0-9]+")
string NonPartnerEventBusNameOrArn

@length(min: 1, max: 500)
string TraceHeader

/// The answer of PutEvents.
structure PutEventsResponse {
    FailedEntryCount: Integer
    Entries: PutEventsResultEntryList
}

list PutEventsResultEntryList {
    member: PutEventsResultEntry
}

/// The id of an event, or why it was refused.
structure PutEventsResultEntry {
    EventId: EventId
    ErrorCode: String
    ErrorMessage: String
}

@length(max: 64)
string EventId

/// The request of CreateConnection.
structure CreateConnectionRequest {
    @required Name: ConnectionName
    Description: ConnectionDescription
    @required AuthorizationType: ConnectionAuthorizationType
    @required AuthParameters: CreateConnectionAuthRequestParameters
}

@length(min: 1, max: 64)
@pattern("[\\.\\-_A-Za-z0-9]+")
string ConnectionName

@length(max: 512)
string ConnectionDescription

/// How a connection authorizes requests.
enum ConnectionAuthorizationType {
    BASIC
    OAUTH_CLIENT_CREDENTIALS
    API_KEY
}

/// The parameters of the authorization type, and what every request carries beside it.
structure CreateConnectionAuthRequestParameters {
    BasicAuthParameters: CreateConnectionBasicAuthRequestParameters
    OAuthParameters: CreateConnectionOAuthRequestParameters
    ApiKeyAuthParameters: CreateConnectionApiKeyAuthRequestParameters
    InvocationHttpParameters: ConnectionHttpParameters
}

/// A user name and its password.
structure CreateConnectionBasicAuthRequestParameters {
    @required Username: AuthHeaderParameters
    @required Password: AuthHeaderParametersSensitive
}

@length(min: 1, max: 512)
@pattern("[ \\t]*[^\\x00-\\x1F:\\x7F]+([ \\t]+[^\\x00-\\x1F:\\x7F]+)*[ \\t]*")
string AuthHeaderParameters

@length(min: 1, max: 512)
@pattern("[ \\t]*[^\\x00-\\x1F:\\x7F]+([ \\t]+[^\\x00-\\x1F:\\x7F]+)*[ \\t]*")
@sensitive
string AuthHeaderParametersSensitive

/// Where and how an OAuth token is asked for.
structure CreateConnectionOAuthRequestParameters {
    @required ClientParameters: CreateConnectionOAuthClientRequestParameters
    @required AuthorizationEndpoint: HttpsEndpoint
    @required HttpMethod: ConnectionOAuthHttpMethod
    OAuthHttpParameters: ConnectionHttpParameters
}

/// The OAuth client and its secret.
structure CreateConnectionOAuthClientRequestParameters {
    @required ClientID: AuthHeaderParameters
    @required ClientSecret: AuthHeaderParametersSensitive
}

@length(min: 1, max: 2048)
@pattern("((%[0-9A-Fa-f]{2}|[-()_.!~*';/?:@\\x26=+$,A-Za-z0-9])+)([).!';/?:,])?")
string HttpsEndpoint

/// The method of the request for an OAuth token.
enum ConnectionOAuthHttpMethod {
    GET
    POST
    PUT
}

/// Headers, query strings and body members of each request.
structure ConnectionHttpParameters {
    HeaderParameters: ConnectionHeaderParametersList
    QueryStringParameters: ConnectionQueryStringParametersList
    BodyParameters: ConnectionBodyParametersList
}

@length(max: 100)
list ConnectionHeaderParametersList {
    member: ConnectionHeaderParameter
}

/// A header.
structure ConnectionHeaderParameter {
    Key: HeaderKey
    Value: HeaderValueSensitive
    IsValueSecret: Boolean
}

@length(max: 512)
@pattern("[ \\t]*[\\x20-\\x7E]+([ \\t]+[\\x20-\\x7E]+)*[ \\t]*")
@sensitive
string HeaderValueSensitive

@length(max: 100)
list ConnectionQueryStringParametersList {
    member: ConnectionQueryStringParameter
}

/// A query string.
structure ConnectionQueryStringParameter {
    Key: QueryStringKey
    Value: QueryStringValueSensitive
    IsValueSecret: Boolean
}

@length(max: 512)
@pattern("[^\\x00-\\x09\\x0B\\x0C\\x0E-\\x1F\\x7F]+")
@sensitive
string QueryStringValueSensitive

@length(max: 100)
list ConnectionBodyParametersList {
    member: ConnectionBodyParameter
}

/// A member of the body.
structure ConnectionBodyParameter {
    Key: String
    Value: SensitiveString
    IsValueSecret: Boolean
}

@sensitive
string SensitiveString

/// A header and its secret value.
structure CreateConnectionApiKeyAuthRequestParameters {
    @required ApiKeyName: AuthHeaderParameters
    @required ApiKeyValue: AuthHeaderParametersSensitive
}

/// The answer of CreateConnection.
structure CreateConnectionResponse {
    ConnectionArn: ConnectionArn
    ConnectionState: ConnectionState
    CreationTime: Timestamp
    LastModifiedTime: Timestamp
}

@length(min: 1, max: 1600)
@pattern("arn:aws([a-z]|\\-)*:events:([a-z]|\\d|\\-)*:([0-9]{12})?:connection/[\\.\\-_A-Za-z0-9]+/[\\-A-Za-z0-9]+")
string ConnectionArn

/// Whether a connection can be used.
enum ConnectionState {
    CREATING
    UPDATING
    DELETING
    AUTHORIZED
    DEAUTHORIZED
    AUTHORIZING
    DEAUTHORIZING
    ACTIVE
    FAILED_CONNECTIVITY
}

/// The request of DescribeConnection.
structure DescribeConnectionRequest {
    @required Name: ConnectionName
}

/// The answer of DescribeConnection.
structure DescribeConnectionResponse {
    ConnectionArn: ConnectionArn
    Name: ConnectionName
    Description: ConnectionDescription
    ConnectionState: ConnectionState
    StateReason: ConnectionStateReason
    AuthorizationType: ConnectionAuthorizationType
    SecretArn: SecretsManagerSecretArn
    AuthParameters: ConnectionAuthResponseParameters
    CreationTime: Timestamp
    LastModifiedTime: Timestamp
    LastAuthorizedTime: Timestamp
}

@length(max: 512)
string ConnectionStateReason

@length(min: 20, max: 2048)
@pattern("arn:aws([a-z]|\\-)*:secretsmanager:([a-z]|\\d|\\-)*:([0-9]{12})?:secret:[/_+=\\.@\\-A-Za-z0-9]+")
string SecretsManagerSecretArn

/// The authorization parameters without their secrets.
structure ConnectionAuthResponseParameters {
    BasicAuthParameters: ConnectionBasicAuthResponseParameters
    OAuthParameters: ConnectionOAuthResponseParameters
    ApiKeyAuthParameters: ConnectionApiKeyAuthResponseParameters
    InvocationHttpParameters: ConnectionHttpParameters
}

/// A user name.
structure ConnectionBasicAuthResponseParameters {
    Username: AuthHeaderParameters
}

/// Where and how an OAuth token is asked for.
structure ConnectionOAuthResponseParameters {
    ClientParameters: ConnectionOAuthClientResponseParameters
    AuthorizationEndpoint: HttpsEndpoint
    HttpMethod: ConnectionOAuthHttpMethod
    OAuthHttpParameters: ConnectionHttpParameters
}

/// The OAuth client.
structure ConnectionOAuthClientResponseParameters {
    ClientID: AuthHeaderParameters
}

/// A header.
structure ConnectionApiKeyAuthResponseParameters {
    ApiKeyName: AuthHeaderParameters
}

/// The request of ListConnections.
structure ListConnectionsRequest {
    NamePrefix: ConnectionName
    ConnectionState: ConnectionState
    NextToken: NextToken
    Limit: LimitMax100
}

/// The answer of ListConnections.
structure ListConnectionsResponse {
    Connections: ConnectionResponseList
    NextToken: NextToken
}

list ConnectionResponseList {
    member: Connection
}

/// A connection in a list.
structure Connection {
    ConnectionArn: ConnectionArn
    Name: ConnectionName
    ConnectionState: ConnectionState
    StateReason: ConnectionStateReason
    AuthorizationType: ConnectionAuthorizationType
    CreationTime: Timestamp
    LastModifiedTime: Timestamp
    LastAuthorizedTime: Timestamp
}

/// The request of UpdateConnection.
structure UpdateConnectionRequest {
    @required Name: ConnectionName
    Description: ConnectionDescription
    AuthorizationType: ConnectionAuthorizationType
    AuthParameters: UpdateConnectionAuthRequestParameters
}

/// What changes of the authorization parameters.
structure UpdateConnectionAuthRequestParameters {
    BasicAuthParameters: UpdateConnectionBasicAuthRequestParameters
    OAuthParameters: UpdateConnectionOAuthRequestParameters
    ApiKeyAuthParameters: UpdateConnectionApiKeyAuthRequestParameters
    InvocationHttpParameters: ConnectionHttpParameters
}

/// What changes of a user name and its password.
structure UpdateConnectionBasicAuthRequestParameters {
    Username: AuthHeaderParameters
    Password: AuthHeaderParametersSensitive
}

/// What changes of how an OAuth token is asked for.
structure UpdateConnectionOAuthRequestParameters {
    ClientParameters: UpdateConnectionOAuthClientRequestParameters
    AuthorizationEndpoint: HttpsEndpoint
    HttpMethod: ConnectionOAuthHttpMethod
    OAuthHttpParameters: ConnectionHttpParameters
}

/// What changes of the OAuth client.
structure UpdateConnectionOAuthClientRequestParameters {
    ClientID: AuthHeaderParameters
    ClientSecret: AuthHeaderParametersSensitive
}

/// What changes of a header and its secret value.
structure UpdateConnectionApiKeyAuthRequestParameters {
    ApiKeyName: AuthHeaderParameters
    ApiKeyValue: AuthHeaderParametersSensitive
}

/// The answer of UpdateConnection.
structure UpdateConnectionResponse {
    ConnectionArn: ConnectionArn
    ConnectionState: ConnectionState
    CreationTime: Timestamp
    LastModifiedTime: Timestamp
    LastAuthorizedTime: Timestamp
}

/// The request of DeleteConnection.
structure DeleteConnectionRequest {
    @required Name: ConnectionName
}

/// The answer of DeleteConnection.
structure DeleteConnectionResponse {
    ConnectionArn: ConnectionArn
    ConnectionState: ConnectionState
    CreationTime: Timestamp
    LastModifiedTime: Timestamp
    LastAuthorizedTime: Timestamp
}

/// The request of DeauthorizeConnection.
structure DeauthorizeConnectionRequest {
    @required Name: ConnectionName
}

/// The answer of DeauthorizeConnection.
structure DeauthorizeConnectionResponse {
    ConnectionArn: ConnectionArn
    ConnectionState: ConnectionState
    CreationTime: Timestamp
    LastModifiedTime: Timestamp
    LastAuthorizedTime: Timestamp
}

/// The request of CreateApiDestination.
structure CreateApiDestinationRequest {
    @required Name: ApiDestinationName
    Description: ApiDestinationDescription
    @required ConnectionArn: ConnectionArn
    @required InvocationEndpoint: HttpsEndpoint
    @required HttpMethod: ApiDestinationHttpMethod
    InvocationRateLimitPerSecond: ApiDestinationInvocationRateLimitPerSecond
}

@length(min: 1, max: 64)
@pattern("[\\.\\-_A-Za-z0-9]+")
string ApiDestinationName

@length(max: 512)
string ApiDestinationDescription

/// The method of requests to an API destination.
enum ApiDestinationHttpMethod {
    POST
    GET
    HEAD
    OPTIONS
    PUT
    PATCH
    DELETE
}

@range(min: 1)
integer ApiDestinationInvocationRateLimitPerSecond

/// The answer of CreateApiDestination.
structure CreateApiDestinationResponse {
    ApiDestinationArn: ApiDestinationArn
    ApiDestinationState: ApiDestinationState
    CreationTime: Timestamp
    LastModifiedTime: Timestamp
}

@length(min: 1, max: 1600)
@pattern("arn:aws([a-z]|\\-)*:events:([a-z]|\\d|\\-)*:([0-9]{12})?:api-destination/[\\.\\-_A-Za-z0-9]+/[\\-A-Za-z0-9]+")
string ApiDestinationArn

/// Whether an API destination can be used.
enum ApiDestinationState {
    ACTIVE
    INACTIVE
}

/// The request of DescribeApiDestination.
structure DescribeApiDestinationRequest {
    @required Name: ApiDestinationName
}

/// The answer of DescribeApiDestination.
structure DescribeApiDestinationResponse {
    ApiDestinationArn: ApiDestinationArn
    Name: ApiDestinationName
    Description: ApiDestinationDescription
    ApiDestinationState: ApiDestinationState
    ConnectionArn: ConnectionArn
    InvocationEndpoint: HttpsEndpoint
    HttpMethod: ApiDestinationHttpMethod
    InvocationRateLimitPerSecond: ApiDestinationInvocationRateLimitPerSecond
    CreationTime: Timestamp
    LastModifiedTime: Timestamp
}

/// The request of ListApiDestinations.
structure ListApiDestinationsRequest {
    NamePrefix: ApiDestinationName
    ConnectionArn: ConnectionArn
    NextToken: NextToken
    Limit: LimitMax100
}

/// The answer of ListApiDestinations.
structure ListApiDestinationsResponse {
    ApiDestinations: ApiDestinationResponseList
    NextToken: NextToken
}

list ApiDestinationResponseList {
    member: ApiDestination
}

/// An API destination in a list.
structure ApiDestination {
    ApiDestinationArn: ApiDestinationArn
    Name: ApiDestinationName
    ApiDestinationState: ApiDestinationState
    ConnectionArn: ConnectionArn
    InvocationEndpoint: HttpsEndpoint
    HttpMethod: ApiDestinationHttpMethod
    InvocationRateLimitPerSecond: ApiDestinationInvocationRateLimitPerSecond
    CreationTime: Timestamp
    LastModifiedTime: Timestamp
}

/// The request of UpdateApiDestination.
structure UpdateApiDestinationRequest {
    @required Name: ApiDestinationName
    Description: ApiDestinationDescription
    ConnectionArn: ConnectionArn
    InvocationEndpoint: HttpsEndpoint
    HttpMethod: ApiDestinationHttpMethod
    InvocationRateLimitPerSecond: ApiDestinationInvocationRateLimitPerSecond
}

/// The answer of UpdateApiDestination.
structure UpdateApiDestinationResponse {
    ApiDestinationArn: ApiDestinationArn
    ApiDestinationState: ApiDestinationState
    CreationTime: Timestamp
    LastModifiedTime: Timestamp
}

/// The request of DeleteApiDestination.
structure DeleteApiDestinationRequest {
    @required Name: ApiDestinationName
}

/// The answer of DeleteApiDestination.
structure DeleteApiDestinationResponse {}

/// The request of TagResource.
structure TagResourceRequest {
    @required ResourceARN: Arn
    @required Tags: TagList
}

@length(min: 1, max: 1600)
string Arn

/// The answer of TagResource.
structure TagResourceResponse {}

/// The request of UntagResource.
structure UntagResourceRequest {
    @required ResourceARN: Arn
    @required TagKeys: TagKeyList
}

@length(max: 50)
list TagKeyList {
    member: TagKey
}

/// The answer of UntagResource.
structure UntagResourceResponse {}

/// The request of ListTagsForResource.
structure ListTagsForResourceRequest {
    @required ResourceARN: Arn
}

/// The answer of ListTagsForResource.
structure ListTagsForResourceResponse {
    Tags: TagList
}

/// The request of CreateArchive.
structure CreateArchiveRequest {
    @required ArchiveName: ArchiveName
    @required EventSourceArn: EventBusArn
    Description: ArchiveDescription
    EventPattern: EventPattern
    RetentionDays: RetentionDays
}

@length(min: 1, max: 48)
@pattern("[\\.\\-_A-Za-z0-9]+")
string ArchiveName

@length(min: 1, max: 1600)
@pattern("arn:aws([a-z]|\\-)*:events:([a-z]|\\d|\\-)*:([0-9]{12})?:.+/.+")
string EventBusArn

@length(max: 512)
string ArchiveDescription

@range(min: 0)
integer RetentionDays

/// The answer of CreateArchive.
structure CreateArchiveResponse {
    ArchiveArn: ArchiveArn
    State: ArchiveState
    StateReason: ArchiveStateReason
    CreationTime: Timestamp
}

@length(min: 1, max: 1600)
@pattern("arn:aws([a-z]|\\-)*:events:([a-z]|\\d|\\-)*:([0-9]{12})?:.+/.+")
string ArchiveArn

/// Where an archive stands.
enum ArchiveState {
    ENABLED
    DISABLED
    CREATING
    UPDATING
    CREATE_FAILED
    UPDATE_FAILED
}

@length(max: 512)
string ArchiveStateReason

/// The request of DescribeArchive.
structure DescribeArchiveRequest {
    @required ArchiveName: ArchiveName
}

/// The answer of DescribeArchive.
structure DescribeArchiveResponse {
    ArchiveArn: ArchiveArn
    ArchiveName: ArchiveName
    EventSourceArn: EventBusArn
    Description: ArchiveDescription
    EventPattern: EventPattern
    State: ArchiveState
    StateReason: ArchiveStateReason
    RetentionDays: RetentionDays
    SizeBytes: Long
    EventCount: Long
    CreationTime: Timestamp
}

/// The request of ListArchives.
structure ListArchivesRequest {
    NamePrefix: ArchiveName
    EventSourceArn: EventBusArn
    State: ArchiveState
    NextToken: NextToken
    Limit: LimitMax100
}

/// The answer of ListArchives.
structure ListArchivesResponse {
    Archives: ArchiveResponseList
    NextToken: NextToken
}

list ArchiveResponseList {
    member: Archive
}

/// An archive in a list.
structure Archive {
    ArchiveName: ArchiveName
    EventSourceArn: EventBusArn
    State: ArchiveState
    StateReason: ArchiveStateReason
    RetentionDays: RetentionDays
    SizeBytes: Long
    EventCount: Long
    CreationTime: Timestamp
}

/// The request of UpdateArchive.
structure UpdateArchiveRequest {
    @required ArchiveName: ArchiveName
    Description: ArchiveDescription
    EventPattern: EventPattern
    RetentionDays: RetentionDays
}

/// The answer of UpdateArchive.
structure UpdateArchiveResponse {
    ArchiveArn: ArchiveArn
    State: ArchiveState
    StateReason: ArchiveStateReason
    CreationTime: Timestamp
}

/// The request of DeleteArchive.
structure DeleteArchiveRequest {
    @required ArchiveName: ArchiveName
}

/// The answer of DeleteArchive.
structure DeleteArchiveResponse {}

/// The request of StartReplay.
structure StartReplayRequest {
    @required ReplayName: ReplayName
    Description: ReplayDescription
    @required EventSourceArn: ArchiveArn
    @required EventStartTime: Timestamp
    @required EventEndTime: Timestamp
    @required Destination: ReplayDestination
}

@length(min: 1, max: 64)
@pattern("[\\.\\-_A-Za-z0-9]+")
string ReplayName

@length(max: 512)
string ReplayDescription

/// The bus that events are replayed to, and the rules that get them; all rules where none is named.
structure ReplayDestination {
    @required Arn: Arn
    FilterArns: ReplayDestinationFilters
}

@length(max: 100)
list ReplayDestinationFilters {
    member: Arn
}

/// The answer of StartReplay.
structure StartReplayResponse {
    ReplayArn: ReplayArn
    State: ReplayState
    StateReason: ReplayStateReason
    ReplayStartTime: Timestamp
}

@length(min: 1, max: 1600)
@pattern("arn:aws([a-z]|\\-)*:events:([a-z]|\\d|\\-)*:([0-9]{12})?:.+/[\\.\\-_A-Za-z0-9]+")
string ReplayArn

/// Where a replay stands.
enum ReplayState {
    STARTING
    RUNNING
    CANCELLING
    COMPLETED
    CANCELLED
    FAILED
}

@length(max: 512)
string ReplayStateReason

/// The request of DescribeReplay.
structure DescribeReplayRequest {
    @required ReplayName: ReplayName
}

/// The answer of DescribeReplay.
structure DescribeReplayResponse {
    ReplayName: ReplayName
    ReplayArn: ReplayArn
    Description: ReplayDescription
    State: ReplayState
    StateReason: ReplayStateReason
    EventSourceArn: ArchiveArn
    Destination: ReplayDestination
    EventStartTime: Timestamp
    EventEndTime: Timestamp
    EventLastReplayedTime: Timestamp
    ReplayStartTime: Timestamp
    ReplayEndTime: Timestamp
}

/// The request of ListReplays.
structure ListReplaysRequest {
    NamePrefix: ReplayName
    State: ReplayState
    EventSourceArn: ArchiveArn
    NextToken: NextToken
    Limit: LimitMax100
}

/// The answer of ListReplays.
structure ListReplaysResponse {
    Replays: ReplayList
    NextToken: NextToken
}

list ReplayList {
    member: Replay
}

/// A replay in a list.
structure Replay {
    ReplayName: ReplayName
    EventSourceArn: ArchiveArn
    State: ReplayState
    StateReason: ReplayStateReason
    EventStartTime: Timestamp
    EventEndTime: Timestamp
    EventLastReplayedTime: Timestamp
    ReplayStartTime: Timestamp
    ReplayEndTime: Timestamp
}

/// The request of CancelReplay.
structure CancelReplayRequest {
    @required ReplayName: ReplayName
}

/// The answer of CancelReplay.
structure CancelReplayResponse {
    ReplayArn: ReplayArn
    State: ReplayState
    StateReason: ReplayStateReason
}

/// The request of DescribeEventBus.
structure DescribeEventBusRequest {
    Name: EventBusNameOrArn
}

/// The answer of DescribeEventBus.
structure DescribeEventBusResponse {
    Name: String
    Arn: String
    CreationTime: Timestamp
    LastModifiedTime: Timestamp
}

/// The request of ListEventBuses.
structure ListEventBusesRequest {
    NamePrefix: EventBusName
    NextToken: NextToken
    Limit: LimitMax100
}

/// The answer of ListEventBuses.
structure ListEventBusesResponse {
    EventBuses: EventBusList
    NextToken: NextToken
}

list EventBusList {
    member: EventBus
}

/// An event bus in a list.
structure EventBus {
    Name: String
    Arn: String
    CreationTime: Timestamp
    LastModifiedTime: Timestamp
}

/// Another request changed the resource at the same time.
@error("client")
structure ConcurrentModificationException {
    message: String
}

/// The replay is in a state that the operation does not allow.
@error("client")
structure IllegalStatusException {
    message: String
}

/// A fault of the server.
@error("server")
structure InternalException {
    message: String
}

/// The pattern is not valid.
@error("client")
structure InvalidEventPatternException {
    message: String
}

/// There is no room for one more.
@error("client")
structure LimitExceededException {
    message: String
}

/// The name is taken.
@error("client")
structure ResourceAlreadyExistsException {
    message: String
}

/// There is no such resource in the account.
@error("client")
structure ResourceNotFoundException {
    message: String
}

/// The caller must slow down.
@error("client")
structure ThrottlingException {
    message: String
}
