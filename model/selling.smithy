$version: "2"

// The contract of the Partner Central Selling API as this project keeps it: every operation, shape,
// limit, pattern and enum value. model/gen reads it and writes internal/api. Lengths count Unicode
// code points; patterns are RE2 and match the whole value.
namespace cosell.selling

/// The service: one endpoint, one JSON protocol, and every operation of the contract.
@targetPrefix("AWSPartnerCentralSelling")
@iamPrefix("partnercentral")
@arnPrefix("arn:aws:partnercentral:us-east-1:{account}:catalog/{Catalog}/")
@modelDate("2026-11-19")
service PartnerCentralSelling {
    version: "2022-07-26"
    operations: [
        AcceptEngagementInvitation
        AssignOpportunity
        AssociateOpportunity
        CreateCustomerAccount
        CreateEngagement
        CreateEngagementContext
        CreateEngagementInvitation
        CreateOpportunity
        CreateResourceSnapshot
        CreateResourceSnapshotJob
        DeleteCustomerAccount
        DeleteResourceSnapshotJob
        DisassociateOpportunity
        GetAwsOpportunitySummary
        GetCustomerAccount
        GetCustomerAccountBulkJob
        GetCustomerAccountBulkJobReportUrl
        GetCustomerAccountStatistics
        GetEngagement
        GetEngagementInvitation
        GetOpportunity
        GetOpportunityBulkJobReportUrl
        GetProspectingFromEngagementTask
        GetResourceSnapshot
        GetResourceSnapshotJob
        GetSellingSystemSettings
        ListCustomerAccountBulkJobResults
        ListCustomerAccountBulkJobs
        ListEngagementByAcceptingInvitationTasks
        ListEngagementFromOpportunityTasks
        ListEngagementGroups
        ListEngagementInvitations
        ListEngagementMembers
        ListEngagementResourceAssociations
        ListEngagements
        ListOpportunities
        ListOpportunityBulkJobResults
        ListOpportunityBulkJobs
        ListOpportunityFromEngagementTasks
        ListProspectingFromEngagementTasks
        ListResourceSnapshotJobs
        ListResourceSnapshots
        ListSolutions
        ListTagsForResource
        PutSellingSystemSettings
        RejectEngagementInvitation
        SearchCustomerAccounts
        SearchEngagements
        SearchOpportunities
        StartCustomerAccountBulkJob
        StartEngagementByAcceptingInvitationTask
        StartEngagementFromOpportunityTask
        StartOpportunityBulkJob
        StartOpportunityFromEngagementTask
        StartProspectingFromEngagementTask
        StartResourceSnapshotJob
        StopResourceSnapshotJob
        SubmitOpportunity
        TagResource
        UntagResource
        UpdateCustomerAccount
        UpdateEngagementContext
        UpdateOpportunity
    ]
}

// ---------------------------------------------------------------------------------------------------
// Traits of ours. What the generator does not write yet, such as quota groups, is part of the contract all
// the same.

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

/// As resourceArn, for a resource that accounts share: its ARN has no account.
@trait(selector: "operation")
string sharedResourceArn

/// The actions that the caller of an operation must be allowed to take beside its own, each with the
/// resource. An action of another service has its prefix.
@trait(selector: "operation")
list dependentActions {
    member: String
}

/// The condition key that has the member's value.
@trait(selector: "structure > member")
string conditionKey

/// The day on which AWS published the model that this contract follows.
@trait(selector: "service")
string modelDate

/// The group whose rate and daily allowance a call counts against.
@trait(selector: "operation")
string quotaGroup

/// The answer is JSON already when the operation has made it, such as a stored document.
@trait(selector: "operation")
structure encodedOutput {}

/// Values taken on input beyond the published ones, because the real service returns them itself.
@trait(selector: "enum")
list alsoAccepts {
    member: String
}

/// A plain string by the contract, of which the service knows only these values.
@trait(selector: "string")
list onlyAccepts {
    member: String
}

/// What a right value is, in words that complete "must be".
@trait(selector: "string")
string expects

/// No request has it, yet it is written from outside (the operator API), so that its values are checked alike.
@trait(selector: "structure")
structure alsoChecked {}

/// An explicit null means something else than an absent member.
@trait(selector: "structure > member")
structure explicitNull {}

// ---------------------------------------------------------------------------------------------------
// Opportunities

/// Opens a draft in the caller's account. A draft may be thin: completeness is asked for on submission.
@idempotent @quotaGroup("Write")
@resourceArn("opportunity/*")
operation CreateOpportunity {
    input: CreateOpportunityRequest
    output: CreateOpportunityResponse
    errors: [AccessDeniedException, ConflictException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Reads one opportunity of the caller, with the identifiers of everything associated with it.
@readonly @encodedOutput @quotaGroup("Read")
@resourceArn("opportunity/{Identifier}")
operation GetOpportunity {
    input: GetOpportunityRequest
    output: GetOpportunityResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Replaces the whole content of an opportunity, if LastModifiedDate is still the stored one.
@quotaGroup("Write")
@resourceArn("opportunity/{Identifier}")
operation UpdateOpportunity {
    input: UpdateOpportunityRequest
    output: UpdateOpportunityResponse
    errors: [AccessDeniedException, ConflictException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Lists the caller's opportunities: filters narrow together, the values of one filter widen it.
@readonly @encodedOutput @quotaGroup("Read")
@paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "MaxResults", items: "OpportunitySummaries")
operation ListOpportunities {
    input: ListOpportunitiesRequest
    output: ListOpportunitiesResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Ties a solution, product, offer or offer set to an opportunity.
@quotaGroup("Write")
@resourceArn("opportunity/{OpportunityIdentifier}")
operation AssociateOpportunity {
    input: AssociateOpportunityRequest
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Unties what AssociateOpportunity tied.
@quotaGroup("Write")
@resourceArn("opportunity/{OpportunityIdentifier}")
operation DisassociateOpportunity {
    input: DisassociateOpportunityRequest
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Hands an opportunity to another person of the same partner.
@quotaGroup("Write")
@resourceArn("opportunity/{Identifier}")
operation AssignOpportunity {
    input: AssignOpportunityRequest
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Puts a complete draft before the reviewers. It cannot be edited until they answer.
@quotaGroup("Write")
@resourceArn("opportunity/{Identifier}")
operation SubmitOpportunity {
    input: SubmitOpportunityRequest
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Reads the AWS side of an opportunity: its stage, its team, its estimates.
@readonly @quotaGroup("Read")
@resourceArn("opportunity/{RelatedOpportunityIdentifier}")
operation GetAwsOpportunitySummary {
    input: GetAwsOpportunitySummaryRequest
    output: GetAwsOpportunitySummaryResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// The content of a new opportunity draft.
structure CreateOpportunityRequest {
    @required Catalog: CatalogIdentifier
    PrimaryNeedsFromAws: PrimaryNeedsFromAws
    NationalSecurity: NationalSecurity
    PartnerOpportunityIdentifier: CreateOpportunityRequestPartnerOpportunityIdentifierString
    Customer: Customer
    Project: Project
    OpportunityType: OpportunityType
    Marketing: Marketing
    SoftwareRevenue: SoftwareRevenue
    @required @idempotencyToken ClientToken: ClientToken
    LifeCycle: LifeCycle
    /// Taken at creation only and never returned.
    Origin: OpportunityOrigin
    OpportunityTeam: PartnerOpportunityTeamMembersList
    Tags: TagList
}

/// What is to be sold, for how much and with whose help.
structure Project {
    DeliveryModels: DeliveryModels
    ExpectedCustomerSpend: ExpectedCustomerSpendList
    /// On update, null clears the contract value and absence keeps it.
    @explicitNull ExpectedContractDuration: ExpectedContractDuration
    Title: ProjectTitleString
    ApnPrograms: ApnPrograms
    CustomerBusinessProblem: ProjectCustomerBusinessProblemString
    CustomerUseCase: String
    RelatedOpportunityIdentifier: OpportunityIdentifier
    SalesActivities: SalesActivities
    CompetitorName: CompetitorName
    OtherCompetitorNames: ProjectOtherCompetitorNamesString
    OtherSolutionDescription: ProjectOtherSolutionDescriptionString
    AdditionalComments: ProjectAdditionalCommentsString
    AwsPartition: AwsPartition
}

/// Whether a marketing activity led to the opportunity, and who paid for it.
structure Marketing {
    CampaignName: String
    Source: MarketingSource
    UseCases: UseCases
    Channels: Channels
    AwsFundingUsed: AwsFundingUsed
}

/// What the partner's own software will earn.
structure SoftwareRevenue {
    DeliveryModel: RevenueModel
    Value: MonetaryValue
    EffectiveDate: Date
    ExpirationDate: Date
}

/// Where the opportunity stands, for the partner (stage) and for the reviewers (review status).
structure LifeCycle {
    Stage: Stage
    ClosedLostReason: ClosedLostReason
    NextSteps: LifeCycleNextStepsString
    TargetCloseDate: Date
    ReviewStatus: ReviewStatus
    ReviewComments: String
    ReviewStatusReason: String
    NextStepsHistory: LifeCycleNextStepsHistoryList
}

/// What NextSteps said before, and until when. The server keeps it.
structure NextStepsHistory {
    @required Value: String
    @required Time: DateTime
}

/// The identifier and the modification date of the new draft.
structure CreateOpportunityResponse {
    @required Id: OpportunityIdentifier
    PartnerOpportunityIdentifier: String
    LastModifiedDate: DateTime
}

/// Names the opportunity to read.
structure GetOpportunityRequest {
    @required Catalog: CatalogIdentifier
    @required Identifier: OpportunityIdentifier
}

/// An opportunity as its owner sees it.
structure GetOpportunityResponse {
    @required Catalog: CatalogIdentifier
    PrimaryNeedsFromAws: PrimaryNeedsFromAws
    NationalSecurity: NationalSecurity
    PartnerOpportunityIdentifier: GetOpportunityResponsePartnerOpportunityIdentifierString
    Customer: Customer
    Project: Project
    OpportunityType: OpportunityType
    Marketing: Marketing
    SoftwareRevenue: SoftwareRevenue
    @required Id: OpportunityIdentifier
    Arn: OpportunityArn
    @required LastModifiedDate: DateTime
    @required CreatedDate: DateTime
    @required RelatedEntityIdentifiers: RelatedEntityIdentifiers
    LifeCycle: LifeCycle
    OpportunityTeam: PartnerOpportunityTeamMembersList
}

/// The new content of an opportunity; a member that is absent is removed.
structure UpdateOpportunityRequest {
    @required Catalog: CatalogIdentifier
    PrimaryNeedsFromAws: PrimaryNeedsFromAws
    NationalSecurity: NationalSecurity
    PartnerOpportunityIdentifier: UpdateOpportunityRequestPartnerOpportunityIdentifierString
    Customer: Customer
    Project: Project
    OpportunityType: OpportunityType
    Marketing: Marketing
    SoftwareRevenue: SoftwareRevenue
    /// The optimistic lock: what the last read returned.
    @required LastModifiedDate: DateTime
    @required Identifier: OpportunityIdentifier
    LifeCycle: LifeCycle
}

/// The identifier of the updated opportunity and its new modification date.
structure UpdateOpportunityResponse {
    @required Id: OpportunityIdentifier
    @required LastModifiedDate: DateTime
}

/// The filters, the sort and the page of a list of opportunities.
structure ListOpportunitiesRequest {
    @required Catalog: CatalogIdentifier
    MaxResults: PageSize
    NextToken: String
    Sort: OpportunitySort
    LastModifiedDate: LastModifiedDate
    Identifier: ListOpportunitiesRequestIdentifierList
    LifeCycleStage: ListOpportunitiesRequestLifeCycleStageList
    LifeCycleReviewStatus: ListOpportunitiesRequestLifeCycleReviewStatusList
    CustomerCompanyName: ListOpportunitiesRequestCustomerCompanyNameList
    CreatedDate: CreatedDateFilter
    TargetCloseDate: TargetCloseDateFilter
}

/// The field and the direction of a list of opportunities.
structure OpportunitySort {
    @required SortOrder: SortOrder
    @required SortBy: OpportunitySortName
}

/// Limits a list to opportunities that were last modified within a period.
structure LastModifiedDate {
    AfterLastModifiedDate: DateTime
    BeforeLastModifiedDate: DateTime
}

/// Limits a list to opportunities that were created within a period.
structure CreatedDateFilter {
    AfterCreatedDate: DateTime
    BeforeCreatedDate: DateTime
}

/// Limits a list to opportunities that are expected to close within a period.
structure TargetCloseDateFilter {
    AfterTargetCloseDate: Date
    BeforeTargetCloseDate: Date
}

/// One page of opportunity summaries.
structure ListOpportunitiesResponse {
    @required OpportunitySummaries: OpportunitySummaries
    NextToken: String
}

/// What a list shows of an opportunity.
structure OpportunitySummary {
    @required Catalog: CatalogIdentifier
    Id: OpportunityIdentifier
    Arn: OpportunityArn
    PartnerOpportunityIdentifier: String
    OpportunityType: OpportunityType
    LastModifiedDate: DateTime
    CreatedDate: DateTime
    LifeCycle: LifeCycleSummary
    Customer: CustomerSummary
    Project: ProjectSummary
}

/// What a list shows of the life cycle of an opportunity.
structure LifeCycleSummary {
    Stage: Stage
    ClosedLostReason: ClosedLostReason
    NextSteps: LifeCycleSummaryNextStepsString
    TargetCloseDate: Date
    ReviewStatus: ReviewStatus
    ReviewComments: String
    ReviewStatusReason: String
}

/// What a list shows of the customer of an opportunity.
structure CustomerSummary {
    Account: AccountSummary
}

/// What a list shows of the customer's company.
structure AccountSummary {
    Industry: Industry
    OtherIndustry: AccountSummaryOtherIndustryString
    @required CompanyName: AccountSummaryCompanyNameString
    WebsiteUrl: WebsiteUrl
    Address: AddressSummary
}

/// What a list shows of the customer's address: no street.
structure AddressSummary {
    City: AddressSummaryCityString
    PostalCode: AddressSummaryPostalCodeString
    StateOrRegion: AddressPart
    CountryCode: CountryCode
}

/// What a list shows of the project of an opportunity.
structure ProjectSummary {
    DeliveryModels: DeliveryModels
    ExpectedCustomerSpend: ExpectedCustomerSpendList
    ExpectedContractDuration: ExpectedContractDuration
}

/// Names the opportunity and the entity to associate with it.
structure AssociateOpportunityRequest {
    @required Catalog: CatalogIdentifier
    @required OpportunityIdentifier: OpportunityIdentifier
    @required @conditionKey("partnercentral:RelatedEntityType") RelatedEntityType: RelatedEntityType
    @required RelatedEntityIdentifier: AssociateOpportunityRequestRelatedEntityIdentifierString
}

/// Names the opportunity and the associated entity to remove from it.
structure DisassociateOpportunityRequest {
    @required Catalog: CatalogIdentifier
    @required OpportunityIdentifier: OpportunityIdentifier
    @required @conditionKey("partnercentral:RelatedEntityType") RelatedEntityType: RelatedEntityType
    @required RelatedEntityIdentifier: DisassociateOpportunityRequestRelatedEntityIdentifierString
}

/// Names the opportunity and its new owner.
structure AssignOpportunityRequest {
    @required Catalog: CatalogIdentifier
    @required Identifier: OpportunityIdentifier
    @required Assignee: AssigneeContact
}

/// Who an opportunity is handed to; unlike other contacts, complete.
structure AssigneeContact {
    @required Email: Email
    @required FirstName: AssigneeContactFirstNameString
    @required LastName: AssigneeContactLastNameString
    Phone: PhoneNumber
    @required BusinessTitle: JobTitle
}

/// Names the draft to submit and the involvement that is requested from AWS.
structure SubmitOpportunityRequest {
    @required Catalog: CatalogIdentifier
    @required Identifier: OpportunityIdentifier
    @required InvolvementType: SalesInvolvementType
    Visibility: Visibility
}

/// Names the opportunity whose AWS side is read.
structure GetAwsOpportunitySummaryRequest {
    @required Catalog: CatalogIdentifier
    @required RelatedOpportunityIdentifier: OpportunityIdentifier
}

/// The AWS side of an opportunity.
structure GetAwsOpportunitySummaryResponse {
    RelatedOpportunityId: OpportunityIdentifier
    Origin: OpportunityOrigin
    InvolvementType: SalesInvolvementType
    Visibility: Visibility
    LifeCycle: AwsOpportunityLifeCycle
    OpportunityTeam: AwsOpportunityTeamMembersList
    Insights: AwsOpportunityInsights
    InvolvementTypeChangeReason: InvolvementTypeChangeReason
    RelatedEntityIds: AwsOpportunityRelatedEntities
    Customer: AwsOpportunityCustomer
    Project: AwsOpportunityProject
    CosellMotion: String
    /// Why CosellMotion has its value, in plain language; null when CosellMotion is null.
    CosellMotionReason: String
    @required Catalog: CatalogIdentifier
    SoftwareRevenue: AwsSoftwareRevenue
}

list ApnPrograms { member: String }
list UseCases { member: String }
list Channels { member: Channel }
@length(max: 50) list LifeCycleNextStepsHistoryList { member: NextStepsHistory }
@length(max: 20) list ListOpportunitiesRequestIdentifierList { member: OpportunityIdentifier }
@length(max: 10) list ListOpportunitiesRequestLifeCycleStageList { member: Stage }
@length(max: 10) list ListOpportunitiesRequestLifeCycleReviewStatusList { member: ReviewStatus }
@length(max: 10) list ListOpportunitiesRequestCustomerCompanyNameList { member: String }
list OpportunitySummaries { member: OpportunitySummary }

/// Whether the opportunity concerns national security.
enum NationalSecurity {
    YES = "Yes"
    NO = "No"
}

/// The main competitor in the deal.
enum CompetitorName {
    ORACLE_CLOUD = "Oracle Cloud"
    ON_PREM = "On-Prem"
    CO_LOCATION = "Co-location"
    AKAMAI = "Akamai"
    ALICLOUD = "AliCloud"
    GOOGLE_CLOUD_PLATFORM = "Google Cloud Platform"
    IBM_SOFTLAYER = "IBM Softlayer"
    MICROSOFT_AZURE = "Microsoft Azure"
    OTHER_COST_OPTIMIZATION = "Other- Cost Optimization"
    NO_COMPETITION = "No Competition"
    OTHER = "*Other"
}

/// Whether a marketing activity led to the opportunity.
enum MarketingSource {
    MARKETING_ACTIVITY = "Marketing Activity"
    NONE = "None"
}

/// A marketing channel that was used.
enum Channel {
    AWS_MARKETING_CENTRAL = "AWS Marketing Central"
    CONTENT_SYNDICATION = "Content Syndication"
    DISPLAY = "Display"
    EMAIL = "Email"
    LIVE_EVENT = "Live Event"
    OUT_OF_HOME_OOH = "Out Of Home (OOH)"
    PRINT = "Print"
    SEARCH = "Search"
    SOCIAL = "Social"
    TELEMARKETING = "Telemarketing"
    TV
    VIDEO = "Video"
    VIRTUAL_EVENT = "Virtual Event"
}

/// Whether AWS funded the marketing activity.
enum AwsFundingUsed {
    YES = "Yes"
    NO = "No"
}

/// How the partner charges for its software.
enum RevenueModel {
    CONTRACT = "Contract"
    PAY_AS_YOU_GO = "Pay-as-you-go"
    SUBSCRIPTION = "Subscription"
}

/// Why the partner lost the opportunity.
enum ClosedLostReason {
    CUSTOMER_DEFICIENCY = "Customer Deficiency"
    DELAY_CANCELLATION_OF_PROJECT = "Delay / Cancellation of Project"
    LEGAL_TAX_REGULATORY = "Legal / Tax / Regulatory"
    LOST_TO_COMPETITOR_GOOGLE = "Lost to Competitor - Google"
    LOST_TO_COMPETITOR_MICROSOFT = "Lost to Competitor - Microsoft"
    LOST_TO_COMPETITOR_SOFTLAYER = "Lost to Competitor - SoftLayer"
    LOST_TO_COMPETITOR_VMWARE = "Lost to Competitor - VMWare"
    LOST_TO_COMPETITOR_OTHER = "Lost to Competitor - Other"
    NO_OPPORTUNITY = "No Opportunity"
    ON_PREMISES_DEPLOYMENT = "On Premises Deployment"
    PARTNER_GAP = "Partner Gap"
    PRICE = "Price"
    SECURITY_COMPLIANCE = "Security / Compliance"
    TECHNICAL_LIMITATIONS = "Technical Limitations"
    CUSTOMER_EXPERIENCE = "Customer Experience"
    OTHER = "Other"
    PEOPLE_RELATIONSHIP_GOVERNANCE = "People/Relationship/Governance"
    PRODUCT_TECHNOLOGY = "Product/Technology"
    FINANCIAL_COMMERCIAL = "Financial/Commercial"
}

/// The fields that a list of opportunities can sort by.
enum OpportunitySortName {
    LAST_MODIFIED_DATE = "LastModifiedDate"
    IDENTIFIER = "Identifier"
    CUSTOMER_COMPANY_NAME = "CustomerCompanyName"
    CREATED_DATE = "CreatedDate"
    TARGET_CLOSE_DATE = "TargetCloseDate"
}

/// The kinds of entity that can be associated with an opportunity.
enum RelatedEntityType {
    SOLUTIONS = "Solutions"
    AWS_PRODUCTS = "AwsProducts"
    AWS_MARKETPLACE_OFFERS = "AwsMarketplaceOffers"
    AWS_MARKETPLACE_OFFER_SETS = "AwsMarketplaceOfferSets"
    AWS_MARKETPLACE_SOLUTIONS = "AwsMarketplaceSolutions"
    AWS_MARKETPLACE_PRODUCTS = "AwsMarketplaceProducts"
}

@length(max: 64) string CreateOpportunityRequestPartnerOpportunityIdentifierString
@sensitive @length(max: 255) string ProjectTitleString
@sensitive @length(min: 20, max: 2000) string ProjectCustomerBusinessProblemString
@length(max: 255) string ProjectOtherCompetitorNamesString
@sensitive @length(max: 255) string ProjectOtherSolutionDescriptionString
@length(min: 1, max: 255) string ProjectAdditionalCommentsString
@sensitive @length(max: 255) string LifeCycleNextStepsString
@length(max: 64) string GetOpportunityResponsePartnerOpportunityIdentifierString
@pattern("arn:.*") string OpportunityArn
@length(max: 64) string UpdateOpportunityRequestPartnerOpportunityIdentifierString
@sensitive @length(max: 255) string LifeCycleSummaryNextStepsString
@length(max: 255) string AccountSummaryOtherIndustryString
@sensitive @length(max: 120) string AccountSummaryCompanyNameString
@sensitive @length(max: 255) string AddressSummaryCityString
@sensitive @length(max: 20) string AddressSummaryPostalCodeString
@length(min: 1, max: 255) string AssociateOpportunityRequestRelatedEntityIdentifierString
@length(min: 1, max: 255) string DisassociateOpportunityRequestRelatedEntityIdentifierString
@sensitive @length(max: 80) string AssigneeContactFirstNameString
@sensitive @length(max: 80) string AssigneeContactLastNameString

// ---------------------------------------------------------------------------------------------------
// Solutions

/// Lists the solutions the partner has registered.
@readonly @quotaGroup("Read")
@paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "MaxResults", items: "SolutionSummaries")
operation ListSolutions {
    input: ListSolutionsRequest
    output: ListSolutionsResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// The filters, the sort and the page of a list of solutions.
structure ListSolutionsRequest {
    @required Catalog: CatalogIdentifier
    MaxResults: PageSize
    NextToken: String
    Sort: SolutionSort
    Status: ListSolutionsRequestStatusList
    Identifier: ListSolutionsRequestIdentifierList
    Category: ListSolutionsRequestCategoryList
    AwsMarketplaceSolutionArn: ListSolutionsRequestAwsMarketplaceSolutionArnList
}

/// The field and the direction of a list of solutions.
structure SolutionSort {
    @required SortOrder: SortOrder
    @required SortBy: SolutionSortName
}

/// One page of solutions.
structure ListSolutionsResponse {
    @required SolutionSummaries: SolutionList
    NextToken: String
}

/// A solution that the partner registered.
structure SolutionBase {
    @required Catalog: CatalogIdentifier
    @required Id: SolutionIdentifier
    Arn: SolutionArn
    @required Name: String
    @required Status: SolutionStatus
    @required Category: String
    @required CreatedDate: DateTime
    AwsMarketplaceSolutionArn: AwsMarketplaceSolutionArn
}

@length(max: 10) list ListSolutionsRequestStatusList { member: SolutionStatus }
@length(max: 20) list ListSolutionsRequestIdentifierList { member: SolutionIdentifier }
@length(max: 10) list ListSolutionsRequestCategoryList { member: String }
@length(max: 10) list ListSolutionsRequestAwsMarketplaceSolutionArnList { member: AwsMarketplaceSolutionArn }
list SolutionList { member: SolutionBase }

/// The fields that a list of solutions can sort by.
enum SolutionSortName {
    IDENTIFIER = "Identifier"
    NAME = "Name"
    STATUS = "Status"
    CATEGORY = "Category"
    CREATED_DATE = "CreatedDate"
}

/// Whether a solution is offered, withdrawn or still a draft.
enum SolutionStatus {
    ACTIVE = "Active"
    INACTIVE = "Inactive"
    DRAFT = "Draft"
}

@length(min: 4, max: 2048) @pattern("arn:.*") string AwsMarketplaceSolutionArn

/// Despite its name, the pattern is that of an identifier.
@pattern("S-[0-9]{1,19}") string SolutionArn

// ---------------------------------------------------------------------------------------------------
// Engagements and their contexts

/// Opens a room for several parties. The caller is its first member.
@idempotent @quotaGroup("CreateEngagement")
@sharedResourceArn("engagement/*")
operation CreateEngagement {
    input: CreateEngagementRequest
    output: CreateEngagementResponse
    errors: [AccessDeniedException, ConflictException, InternalServerException, ResourceNotFoundException, ServiceQuotaExceededException, ThrottlingException, ValidationException]
}

/// Reads an engagement the caller is a member of.
@readonly @quotaGroup("Read")
@sharedResourceArn("engagement/{Identifier}")
operation GetEngagement {
    input: GetEngagementRequest
    output: GetEngagementResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Lists the engagements the caller is a member of.
@readonly @quotaGroup("Read")
@paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "MaxResults", items: "EngagementSummaryList")
operation ListEngagements {
    input: ListEngagementsRequest
    output: ListEngagementsResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Lists the members of an engagement, to members only.
@readonly @quotaGroup("Read")
@paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "MaxResults", items: "EngagementMemberList")
@sharedResourceArn("engagement/{Identifier}")
operation ListEngagementMembers {
    input: ListEngagementMembersRequest
    output: ListEngagementMembersResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Lists which opportunities have been shared into which engagements.
@readonly @quotaGroup("Read")
@paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "MaxResults", items: "EngagementResourceAssociationSummaries")
@sharedResourceArn("engagement/{EngagementIdentifier}/resource/{ResourceType}/{ResourceIdentifier}/template/*")
operation ListEngagementResourceAssociations {
    input: ListEngagementResourceAssociationsRequest
    output: ListEngagementResourceAssociationsResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Adds a context, such as a lead or a customer project, to an engagement.
@idempotent @quotaGroup("Write")
@sharedResourceArn("engagement/{EngagementIdentifier}")
@dependentActions(["GetEngagement engagement/{EngagementIdentifier}"])
operation CreateEngagementContext {
    input: CreateEngagementContextRequest
    output: CreateEngagementContextResponse
    errors: [AccessDeniedException, ConflictException, InternalServerException, ResourceNotFoundException, ServiceQuotaExceededException, ThrottlingException, ValidationException]
}

/// Rewrites a context, if EngagementLastModifiedAt is still that of the whole engagement.
@quotaGroup("Write")
@sharedResourceArn("engagement/{EngagementIdentifier}")
@dependentActions(["GetEngagement engagement/{EngagementIdentifier}"])
operation UpdateEngagementContext {
    input: UpdateEngagementContextRequest
    output: UpdateEngagementContextResponse
    errors: [AccessDeniedException, ConflictException, InternalServerException, ResourceNotFoundException, ServiceQuotaExceededException, ThrottlingException, ValidationException]
}

/// The title, the description and the first contexts of a new engagement.
structure CreateEngagementRequest {
    @required Catalog: CatalogIdentifier
    @required @idempotencyToken ClientToken: ClientToken
    Title: EngagementTitle
    Description: EngagementDescription
    Contexts: EngagementContexts
}

/// A context with its identifier in the engagement.
structure EngagementContextDetails {
    /// Given by the server.
    Id: EngagementContextIdentifier
    @required Type: EngagementContextType
    Payload: EngagementContextPayload
}

/// The content of a context; which member is set goes with its type.
union EngagementContextPayload {
    CustomerProject: CustomerProjectsContext
    Lead: LeadContext
    ProspectingResult: ProspectingResult
    CustomerAccount: CustomerAccountContext
}

/// A context that describes a customer and its project.
structure CustomerProjectsContext {
    Customer: EngagementCustomer
    Project: EngagementCustomerProjectDetails
}

/// The title, the business problem and the target date of a customer's project.
structure EngagementCustomerProjectDetails {
    @required Title: EngagementCustomerProjectTitle
    @required BusinessProblem: EngagementCustomerBusinessProblem
    @required TargetCompletionDate: EngagementCustomerProjectDetailsTargetCompletionDateString
}

/// A lead: a possible customer and how it was met.
structure LeadContext {
    Insights: LeadInsights
    QualificationStatus: LeadQualificationStatus
    @required Customer: LeadCustomer
    @required Interactions: LeadInteractionList
}

/// The company of a lead.
structure LeadCustomer {
    Industry: LeadIndustry
    @required CompanyName: CompanyName
    WebsiteUrl: LeadWebsiteUrl
    Address: LeadAddress
    AwsMaturity: AwsMaturity
    MarketSegment: LeadMarketSegment
}

/// The address of a lead's company.
structure LeadAddress {
    City: LeadAddressCityString
    PostalCode: LeadAddressPostalCodeString
    StateOrRegion: LeadAddressStateOrRegionString
    CountryCode: LeadCountryCode
}

/// One occasion on which the possible customer was met.
structure LeadInteraction {
    SourceType: LeadSourceType
    SourceId: LeadSourceId
    SourceName: LeadSourceName
    Usecase: EngagementUseCase
    InteractionDate: DateTime
    CustomerAction: CustomerAction
    BusinessProblem: LeadBusinessProblem
    @required Contact: LeadContact
}

/// A person of a lead's company.
structure LeadContact {
    @required BusinessTitle: LeadJobTitle
    @required Email: LeadEmail
    @required FirstName: Name
    @required LastName: Name
    Phone: LeadPhoneNumber
}

/// What a prospecting task found out about a customer.
structure ProspectingResult {
    Aws: ProspectingResultAws
}

/// What AWS found about a customer, and the prospecting task that found it.
structure ProspectingResultAws {
    Customer: ProspectingResultCustomer
    Insights: ProspectingInsights
    StartTime: DateTime
    EndTime: DateTime
    TaskId: ProspectingTaskIdentifier
    TaskArn: TaskArn
    TaskName: TaskName
}

/// The identifiers and the modification date of the new engagement.
structure CreateEngagementResponse {
    Id: EngagementIdentifier
    Arn: EngagementArn
    ModifiedAt: DateTime
}

/// Names the engagement to read.
structure GetEngagementRequest {
    @required Catalog: CatalogIdentifier
    @required Identifier: EngagementArnOrIdentifier
}

/// An engagement with its contexts, as its members see it.
structure GetEngagementResponse {
    Id: EngagementIdentifier
    Arn: EngagementArn
    Title: EngagementTitle
    Description: EngagementDescription
    CreatedAt: DateTime
    CreatedBy: AwsAccount
    MemberCount: Integer
    ModifiedAt: DateTime
    ModifiedBy: AwsAccount
    Contexts: EngagementContexts
}

/// The filters, the sort and the page of a list of engagements.
structure ListEngagementsRequest {
    @required Catalog: CatalogIdentifier
    CreatedBy: AwsAccountList
    ExcludeCreatedBy: AwsAccountList
    ContextTypes: EngagementContextTypeList
    ExcludeContextTypes: EngagementContextTypeList
    Sort: EngagementSort
    MaxResults: EngagementPageSize
    NextToken: String
    EngagementIdentifier: EngagementIdentifiers
}

/// The field and the direction of a list of engagements.
structure EngagementSort {
    @required SortOrder: SortOrder
    @required SortBy: EngagementSortName
}

/// One page of engagement summaries.
structure ListEngagementsResponse {
    @required EngagementSummaryList: EngagementSummaryList
    NextToken: String
}

/// What a list shows of an engagement.
structure EngagementSummary {
    Arn: EngagementArn
    Id: EngagementIdentifier
    Title: EngagementTitle
    CreatedAt: DateTime
    CreatedBy: AwsAccount
    MemberCount: Integer
    ModifiedAt: DateTime
    ModifiedBy: AwsAccount
    ContextTypes: EngagementContextTypeList
}

/// Names the engagement and the page of members to list.
structure ListEngagementMembersRequest {
    @required Catalog: CatalogIdentifier
    @required Identifier: EngagementArnOrIdentifier
    MaxResults: MemberPageSize
    NextToken: String
}

/// One page of members.
structure ListEngagementMembersResponse {
    @required EngagementMemberList: EngagementMembers
    NextToken: String
}

/// A member of an engagement, as the other members see it.
structure EngagementMember {
    CompanyName: MemberCompanyName
    WebsiteUrl: String
    AccountId: AwsAccount
}

/// The filters and the page of a list of shared resources.
structure ListEngagementResourceAssociationsRequest {
    @required Catalog: CatalogIdentifier
    MaxResults: ListEngagementResourceAssociationsRequestMaxResultsInteger
    NextToken: String
    EngagementIdentifier: EngagementIdentifier
    ResourceType: ResourceType
    ResourceIdentifier: ResourceIdentifier
    CreatedBy: AwsAccount
}

/// One page of shared resources.
structure ListEngagementResourceAssociationsResponse {
    @required EngagementResourceAssociationSummaries: EngagementResourceAssociationSummaryList
    NextToken: String
}

/// A resource that a member shared into an engagement.
structure EngagementResourceAssociationSummary {
    @required Catalog: CatalogIdentifier
    EngagementId: EngagementIdentifier
    ResourceType: ResourceType
    ResourceId: ResourceIdentifier
    CreatedBy: AwsAccount
}

/// The type and the content of a context to add to an engagement.
structure CreateEngagementContextRequest {
    @required Catalog: CatalogIdentifier
    @required EngagementIdentifier: EngagementArnOrIdentifier
    @required @idempotencyToken ClientToken: ClientToken
    @required Type: EngagementContextType
    @required Payload: EngagementContextPayload
}

/// The identifiers of the engagement and of the new context.
structure CreateEngagementContextResponse {
    EngagementId: EngagementIdentifier
    EngagementArn: EngagementArn
    EngagementLastModifiedAt: DateTime
    ContextId: EngagementContextIdentifier
}

/// The new content of a context. Its type cannot change.
structure UpdateEngagementContextRequest {
    @required Catalog: CatalogIdentifier
    @required EngagementIdentifier: EngagementArnOrIdentifier
    @required ContextIdentifier: EngagementContextIdentifier
    /// The optimistic lock: what the last read or write returned.
    @required EngagementLastModifiedAt: DateTime
    @required Type: EngagementContextType
    @required Payload: UpdateEngagementContextPayload
}

/// The new content of a context. A lead carries one interaction to add.
union UpdateEngagementContextPayload {
    Lead: UpdateLeadContext
    CustomerProject: CustomerProjectsContext
    ProspectingResult: ProspectingResult
}

/// The new content of a lead. Interaction is added to those already there.
structure UpdateLeadContext {
    QualificationStatus: LeadQualificationStatus
    @required Customer: LeadCustomer
    Interaction: LeadInteraction
    Insights: LeadInsights
}

/// The identifiers of the engagement and of the updated context.
structure UpdateEngagementContextResponse {
    @required EngagementId: EngagementIdentifier
    @required EngagementArn: EngagementArn
    @required EngagementLastModifiedAt: DateTime
    @required ContextId: EngagementContextIdentifier
}

@length(max: 5) list EngagementContexts { member: EngagementContextDetails }
@length(min: 1, max: 10) list LeadInteractionList { member: LeadInteraction }
@length(min: 1, max: 10) list AwsAccountList { member: AwsAccount }
@length(max: 5) list EngagementContextTypeList { member: EngagementContextType }
list EngagementSummaryList { member: EngagementSummary }
@length(max: 10) list EngagementMembers { member: EngagementMember }
list EngagementResourceAssociationSummaryList { member: EngagementResourceAssociationSummary }

/// The kinds of context that an engagement can hold.
enum EngagementContextType {
    CUSTOMER_PROJECT = "CustomerProject"
    LEAD = "Lead"
    PROSPECTING_RESULT = "ProspectingResult"
    CUSTOMER_ACCOUNT = "CustomerAccount"
}

/// The field that a list of engagements can sort by.
enum EngagementSortName {
    CREATED_DATE = "CreatedDate"
}

@length(min: 1, max: 3) string EngagementContextIdentifier
@length(min: 1, max: 255) string EngagementCustomerProjectTitle

@pattern("[1-9][0-9]{3}-(0[1-9]|1[012])-(0[1-9]|[12][0-9]|3[01])")
@expects("a date such as 2026-12-31")
string EngagementCustomerProjectDetailsTargetCompletionDateString

@length(min: 1, max: 255) string LeadQualificationStatus
@length(max: 255) string LeadAddressCityString
@length(max: 20) string LeadAddressPostalCodeString
@length(max: 255) string LeadAddressStateOrRegionString
@length(max: 255) string CustomerAction
@sensitive @length(max: 2000) string LeadBusinessProblem
@sensitive @length(min: 1, max: 255) string LeadJobTitle
@sensitive @length(min: 1, max: 255) string LeadEmail
@sensitive @length(max: 255) string LeadPhoneNumber
@pattern("arn:.*") string EngagementArn
@range(min: 1, max: 100) integer EngagementPageSize
@range(min: 1, max: 10) integer MemberPageSize
@range(min: 1, max: 1000) integer ListEngagementResourceAssociationsRequestMaxResultsInteger

/// A context that names a customer account, a customer or both.
structure CustomerAccountContext {
    AccountIdentifier: CustomerAccountArnOrIdentifier
    /// Filled from the account on read when AccountIdentifier is set.
    Customer: AccountCustomer
}

/// The customer that a customer account stands for, as other parties may see it.
structure AccountCustomer {
    Industry: LeadIndustry
    @required CompanyName: CompanyName
    WebsiteUrl: AccountWebsiteUrl
    CountryCode: CountryCode
}

@sensitive @length(max: 255) string AccountWebsiteUrl

// ---------------------------------------------------------------------------------------------------
// Engagement invitations

/// Invites one other party into an engagement.
@idempotent @quotaGroup("Write")
@sharedResourceArn("engagement-invitation/*")
@dependentActions(["GetEngagement engagement/{EngagementIdentifier}"])
operation CreateEngagementInvitation {
    input: CreateEngagementInvitationRequest
    output: CreateEngagementInvitationResponse
    errors: [AccessDeniedException, ConflictException, InternalServerException, ResourceNotFoundException, ServiceQuotaExceededException, ThrottlingException, ValidationException]
}

/// Reads an invitation as sender or receiver. How much it shows depends on its status.
@readonly @quotaGroup("Read")
@sharedResourceArn("engagement-invitation/{Identifier}")
operation GetEngagementInvitation {
    input: GetEngagementInvitationRequest
    output: GetEngagementInvitationResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Lists the invitations the caller has sent, or those it has received.
@readonly @quotaGroup("Read")
@paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "MaxResults", items: "EngagementInvitationSummaries")
operation ListEngagementInvitations {
    input: ListEngagementInvitationsRequest
    output: ListEngagementInvitationsResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Joins the engagement the caller was invited to.
@quotaGroup("Write")
@sharedResourceArn("engagement-invitation/{Identifier}")
operation AcceptEngagementInvitation {
    input: AcceptEngagementInvitationRequest
    errors: [AccessDeniedException, ConflictException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Declines an invitation, with a reason if there is one to give.
@quotaGroup("Write")
@sharedResourceArn("engagement-invitation/{Identifier}")
operation RejectEngagementInvitation {
    input: RejectEngagementInvitationRequest
    errors: [AccessDeniedException, ConflictException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Names the engagement and the invitation to send for it.
structure CreateEngagementInvitationRequest {
    @required Catalog: CatalogIdentifier
    @required @idempotencyToken ClientToken: ClientToken
    @required EngagementIdentifier: EngagementIdentifier
    @required Invitation: Invitation
}

/// The message, the receiver and the content of a new invitation.
structure Invitation {
    @required Message: InvitationMessage
    @required Receiver: Receiver
    @required Payload: Payload
}

/// Who is invited.
union Receiver {
    Account: AccountReceiver
}

/// The account that an invitation is sent to.
structure AccountReceiver {
    Alias: Alias
    @required AwsAccountId: AwsAccount
}

/// The content of an invitation; which member is set says its kind.
union Payload {
    OpportunityInvitation: OpportunityInvitationPayload
    LeadInvitation: LeadInvitationPayload
    AccountPlanningInvitation: AccountPlanningInvitationPayload
}

/// What a party invited to an opportunity may know before accepting.
structure OpportunityInvitationPayload {
    SenderContacts: SenderContactList
    @required ReceiverResponsibilities: ReceiverResponsibilityList
    @required Customer: EngagementCustomer
    @required Project: ProjectDetails
    /// Set by the sender.
    OpportunityType: OpportunityType
}

/// A person at the sender whom the receiver may contact.
structure SenderContact {
    @required Email: SenderContactEmail
    FirstName: Name
    LastName: Name
    BusinessTitle: JobTitle
    Phone: PhoneNumber
}

/// What an invitation tells about the customer's project.
structure ProjectDetails {
    @required BusinessProblem: EngagementCustomerBusinessProblem
    @required Title: ProjectDetailsTitleString
    @required TargetCompletionDate: Date
    @required ExpectedCustomerSpend: ExpectedCustomerSpendList
}

/// What a party invited to a lead may know before accepting.
structure LeadInvitationPayload {
    @required Customer: LeadInvitationCustomer
    @required Interaction: LeadInvitationInteraction
}

/// What a lead invitation tells about the lead's company.
structure LeadInvitationCustomer {
    Industry: LeadIndustry
    @required CompanyName: CompanyName
    WebsiteUrl: LeadWebsiteUrl
    CountryCode: LeadCountryCode
    AwsMaturity: AwsMaturity
    MarketSegment: LeadMarketSegment
}

/// What a lead invitation tells about the contact with the lead.
structure LeadInvitationInteraction {
    SourceType: LeadSourceType
    SourceId: LeadSourceId
    SourceName: LeadSourceName
    Usecase: EngagementUseCase
    @required ContactBusinessTitle: JobTitle
}

/// The identifiers of the new invitation.
structure CreateEngagementInvitationResponse {
    @required Id: EngagementInvitationIdentifier
    @required Arn: EngagementInvitationArn
}

/// Names the invitation to read.
structure GetEngagementInvitationRequest {
    @required Catalog: CatalogIdentifier
    @required Identifier: EngagementInvitationArnOrIdentifier
}

/// An invitation, as far as the caller may see it.
structure GetEngagementInvitationResponse {
    Arn: String
    PayloadType: EngagementInvitationPayloadType
    @required Id: EngagementInvitationArnOrIdentifier
    EngagementId: EngagementIdentifier
    EngagementTitle: EngagementTitle
    Status: InvitationStatus
    InvitationDate: DateTime
    ExpirationDate: DateTime
    SenderAwsAccountId: AwsAccount
    SenderCompanyName: GetEngagementInvitationResponseSenderCompanyNameString
    Receiver: Receiver
    @required Catalog: CatalogIdentifier
    RejectionReason: RejectionReasonString
    Payload: Payload
    InvitationMessage: InvitationMessage
    EngagementDescription: EngagementDescription
    ExistingMembers: EngagementMemberSummaries
    EnrichmentContext: EnrichmentContext
}

/// A member of an engagement, as the receiver of an invitation sees it: no account.
structure EngagementMemberSummary {
    CompanyName: MemberCompanyName
    WebsiteUrl: String
}

/// What a receiver may learn about the customer before deciding.
structure EnrichmentContext {
    ProspectingResultAws: InvitationProspectingResultAws
    LeadInsights: LeadInsights
}

/// What AWS found about the customer of an engagement, as the receiver of an invitation sees it.
structure InvitationProspectingResultAws {
    Customer: ProspectingResultCustomer
    Insights: ProspectingInsights
}

/// The filters, the sort and the page of a list of invitations.
structure ListEngagementInvitationsRequest {
    @required Catalog: CatalogIdentifier
    MaxResults: PageSize
    NextToken: String
    Sort: OpportunityEngagementInvitationSort
    PayloadType: EngagementInvitationsPayloadType
    @required ParticipantType: ParticipantType
    Status: InvitationStatusList
    EngagementIdentifier: EngagementIdentifiers
    SenderAwsAccountId: AwsAccountIdOrAliasList
}

/// The field and the direction of a list of invitations.
structure OpportunityEngagementInvitationSort {
    @required SortOrder: SortOrder
    @required SortBy: OpportunityEngagementInvitationSortName
}

/// One page of invitation summaries.
structure ListEngagementInvitationsResponse {
    EngagementInvitationSummaries: EngagementInvitationSummaries
    NextToken: String
}

/// What a list shows of an invitation.
structure EngagementInvitationSummary {
    Arn: String
    PayloadType: EngagementInvitationPayloadType
    @required Id: EngagementInvitationArnOrIdentifier
    EngagementId: EngagementIdentifier
    EngagementTitle: EngagementTitle
    Status: InvitationStatus
    InvitationDate: DateTime
    ExpirationDate: DateTime
    SenderAwsAccountId: AwsAccount
    SenderCompanyName: EngagementInvitationSummarySenderCompanyNameString
    Receiver: Receiver
    @required Catalog: CatalogIdentifier
    ParticipantType: ParticipantType
}

/// Names the invitation to accept.
structure AcceptEngagementInvitationRequest {
    @required Catalog: CatalogIdentifier
    @required Identifier: EngagementInvitationArnOrIdentifier
}

/// Names the invitation to reject, with an optional reason.
structure RejectEngagementInvitationRequest {
    @required Catalog: CatalogIdentifier
    @required Identifier: EngagementInvitationArnOrIdentifier
    RejectionReason: RejectionReasonString
}

@length(min: 1, max: 3) list SenderContactList { member: SenderContact }
list ReceiverResponsibilityList { member: ReceiverResponsibility }
list EngagementMemberSummaries { member: EngagementMemberSummary }
list EngagementInvitationsPayloadType { member: EngagementInvitationPayloadType }
@length(min: 1, max: 10) list InvitationStatusList { member: InvitationStatus }
list EngagementInvitationSummaries { member: EngagementInvitationSummary }

/// A role that the sender of an invitation asks the receiver to take.
enum ReceiverResponsibility {
    DISTRIBUTOR = "Distributor"
    RESELLER = "Reseller"
    HARDWARE_PARTNER = "Hardware Partner"
    MANAGED_SERVICE_PROVIDER = "Managed Service Provider"
    SOFTWARE_PARTNER = "Software Partner"
    SERVICES_PARTNER = "Services Partner"
    TRAINING_PARTNER = "Training Partner"
    CO_SELL_FACILITATOR = "Co-Sell Facilitator"
    FACILITATOR = "Facilitator"
}

/// The kinds of invitation.
enum EngagementInvitationPayloadType {
    OPPORTUNITY_INVITATION = "OpportunityInvitation"
    LEAD_INVITATION = "LeadInvitation"
    ACCOUNT_PLANNING_INVITATION = "AccountPlanningInvitation"
}

/// Whether an invitation is open, answered or expired.
enum InvitationStatus {
    ACCEPTED
    PENDING
    REJECTED
    EXPIRED
}

/// The field that a list of invitations can sort by.
enum OpportunityEngagementInvitationSortName {
    INVITATION_DATE = "InvitationDate"
}

/// Whether the caller sent or received the invitation.
enum ParticipantType {
    SENDER
    RECEIVER
}

@sensitive @length(min: 1, max: 255) string InvitationMessage
@sensitive @length(max: 80) string Alias

@sensitive @length(min: 1, max: 80)
@pattern("[a-zA-Z0-9.!#$%&'*+/=?^_{|}~-]+@[a-zA-Z0-9-]+(?:.[a-zA-Z0-9-]+)*")
@expects("an e-mail address")
string SenderContactEmail

@length(min: 1, max: 255) string ProjectDetailsTitleString

@pattern("arn:aws:partnercentral::[0-9]{12}:[a-zA-Z]+/engagement-invitation/engi-[0-9,a-z]{13}")
string EngagementInvitationArn

@length(max: 120) string GetEngagementInvitationResponseSenderCompanyNameString

@pattern("[\\u0020-\\u007E\\u00A0-\\uD7FF\\uE000-\\uFFFD]{1,80}")
@expects("1 to 80 printable characters")
string RejectionReasonString

@length(max: 120) string EngagementInvitationSummarySenderCompanyNameString

/// An invitation to plan together for one customer account.
structure AccountPlanningInvitationPayload {
    AccountIdentifier: CustomerAccountArnOrIdentifier
    Customer: AccountCustomer
    SenderContacts: SenderContactList
    /// Advice only.
    PreferredContact: PreferredContactWindow
}

/// When the sender prefers to be contacted.
structure PreferredContactWindow {
    Window: ContactWindow
    Timezone: PreferredContactWindowTimezoneString
}

/// A part of the day.
enum ContactWindow {
    MORNING
    AFTERNOON
    EVENING
}

@length(min: 1, max: 64)
@pattern("[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)*")
@expects("a time zone name such as America/New_York")
string PreferredContactWindowTimezoneString

// ---------------------------------------------------------------------------------------------------
// Tasks

/// Accepts an invitation and does all that follows: the caller's opportunity, its snapshot and the job.
@quotaGroup("Write")
@sharedResourceArn("engagement-by-accepting-invitation-task/*")
@dependentActions(["GetEngagementInvitation engagement-invitation/{Identifier}", "AcceptEngagementInvitation engagement-invitation/{Identifier}", "CreateOpportunity opportunity/*", "GetOpportunity opportunity/*", "SubmitOpportunity opportunity/*", "CreateResourceSnapshot engagement/*", "CreateResourceSnapshotJob resource-snapshot-job/*", "StartResourceSnapshotJob resource-snapshot-job/*", "TagResource resource-snapshot-job/*"])
operation StartEngagementByAcceptingInvitationTask {
    input: StartEngagementByAcceptingInvitationTaskRequest
    output: StartEngagementByAcceptingInvitationTaskResponse
    errors: [AccessDeniedException, ConflictException, InternalServerException, ResourceNotFoundException, ServiceQuotaExceededException, ThrottlingException, ValidationException]
}

/// Lists the tasks that StartEngagementByAcceptingInvitationTask began.
@readonly @quotaGroup("Read")
@paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "MaxResults", items: "TaskSummaries")
operation ListEngagementByAcceptingInvitationTasks {
    input: ListEngagementByAcceptingInvitationTasksRequest
    output: ListEngagementByAcceptingInvitationTasksResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Takes an opportunity to AWS: engagement, snapshot, job, invitation and submission in one go.
@quotaGroup("Write")
@sharedResourceArn("engagement-from-opportunity-task/*")
@dependentActions(["GetOpportunity opportunity/{Identifier}", "CreateEngagement engagement/*", "CreateEngagementInvitation engagement-invitation/*", "SubmitOpportunity opportunity/{Identifier}", "CreateResourceSnapshot engagement/*", "CreateResourceSnapshotJob resource-snapshot-job/*", "StartResourceSnapshotJob resource-snapshot-job/*", "TagResource resource-snapshot-job/*"])
operation StartEngagementFromOpportunityTask {
    input: StartEngagementFromOpportunityTaskRequest
    output: StartEngagementFromOpportunityTaskResponse
    errors: [AccessDeniedException, ConflictException, InternalServerException, ResourceNotFoundException, ServiceQuotaExceededException, ThrottlingException, ValidationException]
}

/// Lists the tasks that StartEngagementFromOpportunityTask began.
@readonly @quotaGroup("Read")
@paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "MaxResults", items: "TaskSummaries")
operation ListEngagementFromOpportunityTasks {
    input: ListEngagementFromOpportunityTasksRequest
    output: ListEngagementFromOpportunityTasksResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Turns a lead of an engagement into a draft opportunity of the caller.
@quotaGroup("Write")
@sharedResourceArn("opportunity-from-engagement-task/*")
@dependentActions(["GetEngagement engagement/{Identifier}", "CreateEngagementContext engagement/{Identifier}", "CreateOpportunity opportunity/*", "GetOpportunity opportunity/*", "CreateResourceSnapshot engagement/*", "CreateResourceSnapshotJob resource-snapshot-job/*", "StartResourceSnapshotJob resource-snapshot-job/*", "TagResource resource-snapshot-job/*"])
operation StartOpportunityFromEngagementTask {
    input: StartOpportunityFromEngagementTaskRequest
    output: StartOpportunityFromEngagementTaskResponse
    errors: [AccessDeniedException, ConflictException, InternalServerException, ResourceNotFoundException, ServiceQuotaExceededException, ThrottlingException, ValidationException]
}

/// Lists the tasks that StartOpportunityFromEngagementTask began.
@readonly @quotaGroup("Read")
@paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "MaxResults", items: "TaskSummaries")
@dependentActions(["ListEngagementFromOpportunityTasks *"])
operation ListOpportunityFromEngagementTasks {
    input: ListOpportunityFromEngagementTasksRequest
    output: ListOpportunityFromEngagementTasksResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Names the invitation that the task accepts.
structure StartEngagementByAcceptingInvitationTaskRequest {
    @required Catalog: CatalogIdentifier
    @required @idempotencyToken ClientToken: ClientToken
    @required Identifier: EngagementInvitationArnOrIdentifier
    Tags: TagList
}

/// The new task, its status and what it has made so far.
structure StartEngagementByAcceptingInvitationTaskResponse {
    TaskId: TaskIdentifier
    TaskArn: TaskArn
    StartTime: DateTime
    TaskStatus: TaskStatus
    Message: String
    ReasonCode: ReasonCode
    OpportunityId: OpportunityIdentifier
    ResourceSnapshotJobId: ResourceSnapshotJobIdentifier
    EngagementInvitationId: EngagementInvitationIdentifier
}

/// The filters, the sort and the page of a list of tasks that accept an invitation.
structure ListEngagementByAcceptingInvitationTasksRequest {
    MaxResults: ListEngagementByAcceptingInvitationTasksRequestMaxResultsInteger
    NextToken: ListEngagementByAcceptingInvitationTasksRequestNextTokenString
    Sort: ListTasksSortBase
    @required Catalog: CatalogIdentifier
    TaskStatus: TaskStatuses
    OpportunityIdentifier: OpportunityIdentifiers
    EngagementInvitationIdentifier: EngagementInvitationIdentifiers
    TaskIdentifier: TaskIdentifiers
}

/// The field and the direction of a list of tasks.
structure ListTasksSortBase {
    @required SortOrder: SortOrder
    @required SortBy: ListTasksSortName
}

/// One page of tasks that accept an invitation.
structure ListEngagementByAcceptingInvitationTasksResponse {
    TaskSummaries: ListEngagementByAcceptingInvitationTaskSummaries
    NextToken: String
}

/// A task that accepts an invitation.
structure ListEngagementByAcceptingInvitationTaskSummary {
    TaskId: TaskIdentifier
    TaskArn: TaskArn
    StartTime: DateTime
    TaskStatus: TaskStatus
    Message: String
    ReasonCode: ReasonCode
    OpportunityId: OpportunityIdentifier
    ResourceSnapshotJobId: ResourceSnapshotJobIdentifier
    EngagementInvitationId: EngagementInvitationIdentifier
}

/// Names the opportunity to open an engagement for, and how it is submitted to AWS.
structure StartEngagementFromOpportunityTaskRequest {
    @required Catalog: CatalogIdentifier
    @required @idempotencyToken ClientToken: ClientToken
    @required Identifier: OpportunityIdentifier
    @required AwsSubmission: AwsSubmission
    Tags: TagList
}

/// The involvement that is requested from AWS, and who may see the opportunity.
structure AwsSubmission {
    @required InvolvementType: SalesInvolvementType
    Visibility: Visibility
}

/// The new task, its status and what it has made so far.
structure StartEngagementFromOpportunityTaskResponse {
    TaskId: TaskIdentifier
    TaskArn: TaskArn
    StartTime: DateTime
    TaskStatus: TaskStatus
    Message: String
    ReasonCode: ReasonCode
    OpportunityId: OpportunityIdentifier
    ResourceSnapshotJobId: ResourceSnapshotJobIdentifier
    EngagementId: EngagementIdentifier
    EngagementInvitationId: EngagementInvitationIdentifier
}

/// The filters, the sort and the page of a list of tasks that open an engagement for an opportunity.
structure ListEngagementFromOpportunityTasksRequest {
    MaxResults: ListEngagementFromOpportunityTasksRequestMaxResultsInteger
    NextToken: ListEngagementFromOpportunityTasksRequestNextTokenString
    Sort: ListTasksSortBase
    @required Catalog: CatalogIdentifier
    TaskStatus: TaskStatuses
    TaskIdentifier: TaskIdentifiers
    OpportunityIdentifier: OpportunityIdentifiers
    EngagementIdentifier: EngagementIdentifiers
}

/// One page of tasks that open an engagement for an opportunity.
structure ListEngagementFromOpportunityTasksResponse {
    TaskSummaries: ListEngagementFromOpportunityTaskSummaries
    NextToken: String
}

/// A task that opens an engagement for an opportunity.
structure ListEngagementFromOpportunityTaskSummary {
    TaskId: TaskIdentifier
    TaskArn: TaskArn
    StartTime: DateTime
    TaskStatus: TaskStatus
    Message: String
    ReasonCode: ReasonCode
    OpportunityId: OpportunityIdentifier
    ResourceSnapshotJobId: ResourceSnapshotJobIdentifier
    EngagementId: EngagementIdentifier
    EngagementInvitationId: EngagementInvitationIdentifier
}

/// Names the lead context of an engagement to create an opportunity from.
structure StartOpportunityFromEngagementTaskRequest {
    @required Catalog: CatalogIdentifier
    @required @idempotencyToken ClientToken: ClientToken
    @required Identifier: EngagementArnOrIdentifier
    @required ContextIdentifier: ContextIdentifier
    Tags: TagList
}

/// The new task, its status and what it has made so far.
structure StartOpportunityFromEngagementTaskResponse {
    TaskId: TaskIdentifier
    TaskArn: TaskArn
    StartTime: DateTime
    TaskStatus: TaskStatus
    Message: String
    ReasonCode: ReasonCode
    OpportunityId: OpportunityIdentifier
    ResourceSnapshotJobId: ResourceSnapshotJobIdentifier
    EngagementId: EngagementIdentifier
    ContextId: ContextIdentifier
}

/// The filters, the sort and the page of a list of tasks that create an opportunity from a lead.
structure ListOpportunityFromEngagementTasksRequest {
    MaxResults: ListOpportunityFromEngagementTasksRequestMaxResultsInteger
    NextToken: ListOpportunityFromEngagementTasksRequestNextTokenString
    Sort: ListTasksSortBase
    @required Catalog: CatalogIdentifier
    TaskStatus: TaskStatuses
    TaskIdentifier: TaskIdentifiers
    OpportunityIdentifier: OpportunityIdentifiers
    EngagementIdentifier: EngagementIdentifiers
    ContextIdentifier: ContextIdentifiers
}

/// One page of tasks that create an opportunity from a lead.
structure ListOpportunityFromEngagementTasksResponse {
    TaskSummaries: ListOpportunityFromEngagementTaskSummaries
    NextToken: String
}

/// A task that creates an opportunity from a lead.
structure ListOpportunityFromEngagementTaskSummary {
    TaskId: TaskIdentifier
    TaskArn: TaskArn
    StartTime: DateTime
    TaskStatus: TaskStatus
    Message: String
    ReasonCode: ReasonCode
    OpportunityId: OpportunityIdentifier
    ResourceSnapshotJobId: ResourceSnapshotJobIdentifier
    EngagementId: EngagementIdentifier
    ContextId: ContextIdentifier
}

@length(min: 1, max: 3) list TaskStatuses { member: TaskStatus }
@length(min: 1, max: 10) list OpportunityIdentifiers { member: OpportunityIdentifier }
@length(min: 1, max: 10) list EngagementInvitationIdentifiers { member: EngagementInvitationArnOrIdentifier }
@length(min: 1, max: 10) list TaskIdentifiers { member: TaskArnOrIdentifier }
list ListEngagementByAcceptingInvitationTaskSummaries { member: ListEngagementByAcceptingInvitationTaskSummary }
list ListEngagementFromOpportunityTaskSummaries { member: ListEngagementFromOpportunityTaskSummary }
@length(min: 1, max: 10) list ContextIdentifiers { member: ContextIdentifier }
list ListOpportunityFromEngagementTaskSummaries { member: ListOpportunityFromEngagementTaskSummary }

/// The progress of a task.
enum TaskStatus {
    IN_PROGRESS
    COMPLETE
    FAILED
}

/// Why a task failed.
enum ReasonCode {
    INVITATION_ACCESS_DENIED = "InvitationAccessDenied"
    INVITATION_VALIDATION_FAILED = "InvitationValidationFailed"
    ENGAGEMENT_ACCESS_DENIED = "EngagementAccessDenied"
    OPPORTUNITY_ACCESS_DENIED = "OpportunityAccessDenied"
    RESOURCE_SNAPSHOT_JOB_ACCESS_DENIED = "ResourceSnapshotJobAccessDenied"
    RESOURCE_SNAPSHOT_JOB_VALIDATION_FAILED = "ResourceSnapshotJobValidationFailed"
    RESOURCE_SNAPSHOT_JOB_CONFLICT = "ResourceSnapshotJobConflict"
    ENGAGEMENT_VALIDATION_FAILED = "EngagementValidationFailed"
    ENGAGEMENT_CONFLICT = "EngagementConflict"
    OPPORTUNITY_SUBMISSION_FAILED = "OpportunitySubmissionFailed"
    ENGAGEMENT_INVITATION_CONFLICT = "EngagementInvitationConflict"
    INTERNAL_ERROR = "InternalError"
    OPPORTUNITY_VALIDATION_FAILED = "OpportunityValidationFailed"
    OPPORTUNITY_CONFLICT = "OpportunityConflict"
    RESOURCE_SNAPSHOT_ACCESS_DENIED = "ResourceSnapshotAccessDenied"
    RESOURCE_SNAPSHOT_VALIDATION_FAILED = "ResourceSnapshotValidationFailed"
    RESOURCE_SNAPSHOT_CONFLICT = "ResourceSnapshotConflict"
    SERVICE_QUOTA_EXCEEDED = "ServiceQuotaExceeded"
    REQUEST_THROTTLED = "RequestThrottled"
    CONTEXT_NOT_FOUND = "ContextNotFound"
    CUSTOMER_PROJECT_CONTEXT_NOT_PERMITTED = "CustomerProjectContextNotPermitted"
    DISQUALIFIED_LEAD_NOT_PERMITTED = "DisqualifiedLeadNotPermitted"
}

/// The field that a list of tasks can sort by.
enum ListTasksSortName {
    START_TIME = "StartTime"
}

@pattern(".*task-[0-9a-z]{13}") string TaskIdentifier
@length(min: 1, max: 2048) string ListEngagementByAcceptingInvitationTasksRequestNextTokenString

@pattern("(arn:.*|task-[0-9a-z]{13})")
@expects("a task ARN or an identifier such as task-0123456789abc")
string TaskArnOrIdentifier

@length(min: 1, max: 2048) string ListEngagementFromOpportunityTasksRequestNextTokenString
@pattern("[1-9][0-9]*") @expects("a whole number above zero") string ContextIdentifier
@length(min: 1, max: 2048) string ListOpportunityFromEngagementTasksRequestNextTokenString
@range(min: 1, max: 1000) integer ListEngagementByAcceptingInvitationTasksRequestMaxResultsInteger
@range(min: 1, max: 1000) integer ListEngagementFromOpportunityTasksRequestMaxResultsInteger
@range(min: 1, max: 1000) integer ListOpportunityFromEngagementTasksRequestMaxResultsInteger

// ---------------------------------------------------------------------------------------------------
// Prospecting

/// Asks for insights on the customers of up to a hundred engagements.
@idempotent @quotaGroup("StartProspecting")
@sharedResourceArn("engagement/{Identifiers}")
operation StartProspectingFromEngagementTask {
    input: StartProspectingFromEngagementTaskRequest
    output: StartProspectingFromEngagementTaskResponse
    errors: [AccessDeniedException, ConflictException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Reads how far a prospecting task has come, engagement by engagement.
@readonly @quotaGroup("GetProspecting")
@sharedResourceArn("prospecting-from-engagement-task/{TaskIdentifier}")
operation GetProspectingFromEngagementTask {
    input: GetProspectingFromEngagementTaskRequest
    output: GetProspectingFromEngagementTaskResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Lists the caller's prospecting tasks with their counts.
@readonly @quotaGroup("ListProspecting")
@paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "MaxResults", items: "TaskSummaries")
operation ListProspectingFromEngagementTasks {
    input: ListProspectingFromEngagementTasksRequest
    output: ListProspectingFromEngagementTasksResponse
    errors: [AccessDeniedException, InternalServerException, ThrottlingException, ValidationException]
}

/// The engagements to prospect and the name of the task.
structure StartProspectingFromEngagementTaskRequest {
    @required Catalog: CatalogIdentifier
    @required Identifiers: EngagementIdentifierList
    @required TaskName: TaskName
    @required @idempotencyToken ClientToken: ClientToken
}

/// The new prospecting task.
structure StartProspectingFromEngagementTaskResponse {
    @required Identifiers: EngagementIdentifierList
    @required TaskName: TaskName
    Message: String
    ReasonCode: String
    @required StartTime: DateTime
    TaskId: ProspectingTaskIdentifier
    TaskArn: ProspectingTaskArn
    @required TaskStatus: ProspectingTaskStatus
}

/// Names the prospecting task to read.
structure GetProspectingFromEngagementTaskRequest {
    @required Catalog: CatalogIdentifier
    @required TaskIdentifier: ProspectingTaskIdentifier
}

/// A prospecting task with the outcome for each engagement.
structure GetProspectingFromEngagementTaskResponse {
    @required TaskId: ProspectingTaskIdentifier
    @required TaskArn: ProspectingTaskArn
    @required TaskName: TaskName
    @required StartTime: DateTime
    EndTime: DateTime
    @required Engagements: EngagementProspectingResultList
}

/// The outcome of prospecting for one engagement.
structure EngagementProspectingResult {
    @required EngagementIdentifier: EngagementIdentifier
    EngagementContextId: EngagementProspectingResultEngagementContextIdString
    @required Status: ProspectingTaskStatus
    ReasonCode: String
    Message: String
}

/// The filters, the sort and the page of a list of prospecting tasks.
structure ListProspectingFromEngagementTasksRequest {
    @required Catalog: CatalogIdentifier
    MaxResults: PageSize
    NextToken: String
    TaskIdentifier: TaskIdentifierList
    TaskName: TaskNameList
    StartAfter: DateTime
    StartBefore: DateTime
    Sort: ProspectingFromEngagementTaskSort
}

/// The field and the direction of a list of prospecting tasks.
structure ProspectingFromEngagementTaskSort {
    @required SortOrder: SortOrder
    @required SortBy: ProspectingFromEngagementTaskSortName
}

/// One page of prospecting tasks.
structure ListProspectingFromEngagementTasksResponse {
    NextToken: ListProspectingFromEngagementTasksResponseNextTokenString
    @required TaskSummaries: ProspectingTaskSummaryList
}

/// A prospecting task with the number of engagements in each status.
structure ProspectingTaskSummary {
    @required TaskId: ProspectingTaskIdentifier
    @required TaskArn: ProspectingTaskArn
    @required TaskName: TaskName
    @required StartTime: DateTime
    EndTime: DateTime
    @required TotalEngagementCount: Integer
    @required CompletedEngagementCount: Integer
    @required FailedEngagementCount: Integer
}

@length(max: 100) list EngagementIdentifierList { member: EngagementIdentifier }
list EngagementProspectingResultList { member: EngagementProspectingResult }
@length(max: 10) list TaskIdentifierList { member: ProspectingTaskIdentifier }
@length(max: 10) list TaskNameList { member: TaskName }
list ProspectingTaskSummaryList { member: ProspectingTaskSummary }

/// The progress of prospecting, of a task or for one engagement.
enum ProspectingTaskStatus {
    PENDING
    IN_PROGRESS
    COMPLETED
    FAILED
}

/// The fields that a list of prospecting tasks can sort by.
enum ProspectingFromEngagementTaskSortName {
    START_TIME = "StartTime"
    TASK_NAME = "TaskName"
    FAILED_ENGAGEMENT_COUNT = "FailedEngagementCount"
}

@pattern("arn:.*") string ProspectingTaskArn

@pattern("ctx-[0-9a-z]{14}") string EngagementProspectingResultEngagementContextIdString
@length(min: 1, max: 2048) string ListProspectingFromEngagementTasksResponseNextTokenString

// ---------------------------------------------------------------------------------------------------
// Resource snapshots and their jobs

/// Takes a lasting picture of an opportunity for the members of an engagement.
@idempotent @quotaGroup("Write")
@sharedResourceArn("engagement/{EngagementIdentifier}/resource/{ResourceType}/{ResourceIdentifier}/template/{ResourceSnapshotTemplateIdentifier}/snapshot/*")
operation CreateResourceSnapshot {
    input: CreateResourceSnapshotRequest
    output: CreateResourceSnapshotResponse
    errors: [AccessDeniedException, ConflictException, InternalServerException, ResourceNotFoundException, ServiceQuotaExceededException, ThrottlingException, ValidationException]
}

/// Reads one revision of a snapshot, the latest unless a revision is named.
@readonly @encodedOutput @quotaGroup("Read")
@sharedResourceArn("engagement/{EngagementIdentifier}/resource/{ResourceType}/{ResourceIdentifier}/template/{ResourceSnapshotTemplateIdentifier}/snapshot/{Revision}")
operation GetResourceSnapshot {
    input: GetResourceSnapshotRequest
    output: GetResourceSnapshotResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Lists the snapshots shared in an engagement.
@readonly @quotaGroup("Read")
@paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "MaxResults", items: "ResourceSnapshotSummaries")
@sharedResourceArn("engagement/{EngagementIdentifier}/resource/{ResourceType}/{ResourceIdentifier}/template/{ResourceSnapshotTemplateIdentifier}/snapshot/*")
operation ListResourceSnapshots {
    input: ListResourceSnapshotsRequest
    output: ListResourceSnapshotsResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Sets up a watcher that takes a new snapshot whenever the opportunity changes. It starts out stopped.
@idempotent @quotaGroup("Write")
@resourceArn("resource-snapshot-job/*")
operation CreateResourceSnapshotJob {
    input: CreateResourceSnapshotJobRequest
    output: CreateResourceSnapshotJobResponse
    errors: [AccessDeniedException, ConflictException, InternalServerException, ResourceNotFoundException, ServiceQuotaExceededException, ThrottlingException, ValidationException]
}

/// Reads a snapshot job, its last success and its last failure.
@readonly @quotaGroup("Read")
@resourceArn("resource-snapshot-job/{ResourceSnapshotJobIdentifier}")
operation GetResourceSnapshotJob {
    input: GetResourceSnapshotJobRequest
    output: GetResourceSnapshotJobResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Lists the caller's snapshot jobs.
@readonly @quotaGroup("Read")
@paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "MaxResults", items: "ResourceSnapshotJobSummaries")
operation ListResourceSnapshotJobs {
    input: ListResourceSnapshotJobsRequest
    output: ListResourceSnapshotJobsResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Sets a job running. Doing so twice changes nothing.
@idempotent @quotaGroup("Write")
@resourceArn("resource-snapshot-job/{ResourceSnapshotJobIdentifier}")
operation StartResourceSnapshotJob {
    input: StartResourceSnapshotJobRequest
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Stops a job. Doing so twice changes nothing.
@idempotent @quotaGroup("Write")
@resourceArn("resource-snapshot-job/{ResourceSnapshotJobIdentifier}")
operation StopResourceSnapshotJob {
    input: StopResourceSnapshotJobRequest
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Removes a job that is stopped.
@idempotent @quotaGroup("Write")
@resourceArn("resource-snapshot-job/{ResourceSnapshotJobIdentifier}")
operation DeleteResourceSnapshotJob {
    input: DeleteResourceSnapshotJobRequest
    errors: [AccessDeniedException, ConflictException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Names the resource, the engagement and the template of a new snapshot.
structure CreateResourceSnapshotRequest {
    @required Catalog: CatalogIdentifier
    @required EngagementIdentifier: EngagementIdentifier
    @required ResourceType: ResourceType
    @required ResourceIdentifier: ResourceIdentifier
    @required ResourceSnapshotTemplateIdentifier: ResourceTemplateName
    @required @idempotencyToken ClientToken: ClientToken
}

/// The ARN and the revision of the new snapshot.
structure CreateResourceSnapshotResponse {
    Arn: ResourceArn
    Revision: ResourceSnapshotRevision
}

/// Names the snapshot to read; without a revision, the latest.
structure GetResourceSnapshotRequest {
    @required Catalog: CatalogIdentifier
    @required EngagementIdentifier: EngagementIdentifier
    @required ResourceType: ResourceType
    @required ResourceIdentifier: ResourceIdentifier
    @required ResourceSnapshotTemplateIdentifier: ResourceTemplateName
    Revision: ResourceSnapshotRevision
}

/// A snapshot with its content.
structure GetResourceSnapshotResponse {
    @required Catalog: CatalogIdentifier
    Arn: ResourceArn
    CreatedBy: AwsAccount
    CreatedAt: DateTime
    EngagementId: EngagementIdentifier
    ResourceType: ResourceType
    ResourceId: ResourceIdentifier
    ResourceSnapshotTemplateName: ResourceTemplateName
    Revision: ResourceSnapshotRevision
    Payload: ResourceSnapshotPayload
    /// Who the snapshot is meant for.
    TargetMemberAccounts: AwsAccountIdOrAliasList
}

/// What a snapshot holds; which member is set goes with its template.
union ResourceSnapshotPayload {
    OpportunitySummary: OpportunitySummaryView
    AwsOpportunitySummaryFullView: AwsOpportunitySummaryFullView
}

/// The partner side of an opportunity as a snapshot shows it to all members.
structure OpportunitySummaryView {
    OpportunityType: OpportunityType
    Lifecycle: LifeCycleForView
    OpportunityTeam: PartnerOpportunityTeamMembersList
    PrimaryNeedsFromAws: PrimaryNeedsFromAws
    Customer: Customer
    Project: ProjectView
    RelatedEntityIdentifiers: RelatedEntityIdentifiers
}

/// The part of the life cycle that a snapshot shows.
structure LifeCycleForView {
    TargetCloseDate: Date
    ReviewStatus: ReviewStatus
    Stage: Stage
    NextSteps: LifeCycleForViewNextStepsString
}

/// The part of the project that a snapshot shows.
structure ProjectView {
    DeliveryModels: DeliveryModels
    ExpectedCustomerSpend: ExpectedCustomerSpendList
    ExpectedContractDuration: ExpectedContractDuration
    CustomerUseCase: String
    SalesActivities: SalesActivities
    OtherSolutionDescription: ProjectViewOtherSolutionDescriptionString
}

/// The AWS side of an opportunity as a snapshot shows it to its owner.
@alsoChecked
structure AwsOpportunitySummaryFullView {
    RelatedOpportunityId: OpportunityIdentifier
    Origin: OpportunityOrigin
    InvolvementType: SalesInvolvementType
    Visibility: Visibility
    LifeCycle: AwsOpportunityLifeCycle
    OpportunityTeam: AwsOpportunityTeamMembersList
    Insights: AwsOpportunityInsights
    InvolvementTypeChangeReason: InvolvementTypeChangeReason
    RelatedEntityIds: AwsOpportunityRelatedEntities
    Customer: AwsOpportunityCustomer
    Project: AwsOpportunityProject
    CosellMotion: String
    /// Why CosellMotion has its value, in plain language; null when CosellMotion is null.
    CosellMotionReason: String
    SoftwareRevenue: AwsSoftwareRevenue
}

/// The filters and the page of a list of snapshots.
structure ListResourceSnapshotsRequest {
    @required Catalog: CatalogIdentifier
    MaxResults: ListResourceSnapshotsRequestMaxResultsInteger
    NextToken: String
    @required EngagementIdentifier: EngagementIdentifier
    ResourceType: ResourceType
    ResourceIdentifier: ResourceIdentifier
    ResourceSnapshotTemplateIdentifier: ResourceTemplateName
    CreatedBy: AwsAccount
}

/// One page of snapshots.
structure ListResourceSnapshotsResponse {
    @required ResourceSnapshotSummaries: ResourceSnapshotSummaryList
    NextToken: String
}

/// What a list shows of a snapshot.
structure ResourceSnapshotSummary {
    Arn: ResourceSnapshotArn
    Revision: ResourceSnapshotRevision
    ResourceType: ResourceType
    ResourceId: ResourceIdentifier
    ResourceSnapshotTemplateName: ResourceTemplateName
    CreatedBy: AwsAccount
}

/// Names the resource, the engagement and the template of a new snapshot job.
structure CreateResourceSnapshotJobRequest {
    @required Catalog: CatalogIdentifier
    @required @idempotencyToken ClientToken: ClientToken
    @required EngagementIdentifier: EngagementIdentifier
    @required ResourceType: ResourceType
    @required ResourceIdentifier: ResourceIdentifier
    @required ResourceSnapshotTemplateIdentifier: ResourceTemplateName
    Tags: TagList
}

/// The identifiers of the new snapshot job.
structure CreateResourceSnapshotJobResponse {
    Id: ResourceSnapshotJobIdentifier
    Arn: ResourceSnapshotJobArn
}

/// Names the snapshot job to read.
structure GetResourceSnapshotJobRequest {
    @required Catalog: CatalogIdentifier
    @required ResourceSnapshotJobIdentifier: ResourceSnapshotJobIdentifier
}

/// A snapshot job with its last success and last failure.
structure GetResourceSnapshotJobResponse {
    @required Catalog: CatalogIdentifier
    Id: ResourceSnapshotJobIdentifier
    Arn: ResourceSnapshotJobArn
    EngagementId: EngagementIdentifier
    ResourceType: ResourceType
    ResourceId: ResourceIdentifier
    ResourceArn: ResourceArn
    ResourceSnapshotTemplateName: ResourceTemplateName
    CreatedAt: DateTime
    Status: ResourceSnapshotJobStatus
    LastSuccessfulExecutionDate: DateTime
    LastFailure: String
}

/// The filters, the sort and the page of a list of snapshot jobs.
structure ListResourceSnapshotJobsRequest {
    @required Catalog: CatalogIdentifier
    MaxResults: ListResourceSnapshotJobsRequestMaxResultsInteger
    NextToken: String
    EngagementIdentifier: EngagementIdentifier
    Status: ResourceSnapshotJobStatus
    Sort: SortObject
}

/// How to order snapshot jobs.
structure SortObject {
    SortBy: SortBy
    SortOrder: SortOrder
}

/// One page of snapshot jobs.
structure ListResourceSnapshotJobsResponse {
    @required ResourceSnapshotJobSummaries: ResourceSnapshotJobSummaryList
    NextToken: String
}

/// What a list shows of a snapshot job.
structure ResourceSnapshotJobSummary {
    Id: ResourceSnapshotJobIdentifier
    Arn: ResourceSnapshotJobArn
    EngagementId: EngagementIdentifier
    Status: ResourceSnapshotJobStatus
}

/// Names the snapshot job to start.
structure StartResourceSnapshotJobRequest {
    @required Catalog: CatalogIdentifier
    @required ResourceSnapshotJobIdentifier: ResourceSnapshotJobIdentifier
}

/// Names the snapshot job to stop.
structure StopResourceSnapshotJobRequest {
    @required Catalog: CatalogIdentifier
    @required ResourceSnapshotJobIdentifier: ResourceSnapshotJobIdentifier
}

/// Names the stopped snapshot job to delete.
structure DeleteResourceSnapshotJobRequest {
    @required Catalog: CatalogIdentifier
    @required ResourceSnapshotJobIdentifier: ResourceSnapshotJobIdentifier
}

list ResourceSnapshotSummaryList { member: ResourceSnapshotSummary }
list ResourceSnapshotJobSummaryList { member: ResourceSnapshotJobSummary }

/// Whether a snapshot job follows its resource.
enum ResourceSnapshotJobStatus {
    RUNNING = "Running"
    STOPPED = "Stopped"
}

/// The field that a list of snapshot jobs can sort by.
enum SortBy {
    CREATED_DATE = "CreatedDate"
}

@pattern("[a-zA-Z0-9]{3,80}") @expects("3 to 80 letters and digits") string ResourceTemplateName
@pattern("arn:.*") string ResourceArn
@sensitive @length(max: 255) string LifeCycleForViewNextStepsString
@sensitive @length(max: 255) string ProjectViewOtherSolutionDescriptionString
@pattern("arn:.*") string ResourceSnapshotArn
@pattern("arn:.*") string ResourceSnapshotJobArn

/// Counts up from one for each engagement, resource and template.
@range(min: 1) integer ResourceSnapshotRevision

@range(min: 1, max: 1000) integer ListResourceSnapshotsRequestMaxResultsInteger
@range(min: 1, max: 1000) integer ListResourceSnapshotJobsRequestMaxResultsInteger

// ---------------------------------------------------------------------------------------------------
// Tags

/// Adds tags to an opportunity or snapshot job, or gives existing keys a new value.
@idempotent @quotaGroup("Write")
@resourceArn("{ResourceArn}")
operation TagResource {
    input: TagResourceRequest
    output: TagResourceResponse
    errors: [AccessDeniedException, ConflictException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Removes tags by their keys. Unknown keys are passed over.
@idempotent @quotaGroup("Write")
@resourceArn("{ResourceArn}")
operation UntagResource {
    input: UntagResourceRequest
    output: UntagResourceResponse
    errors: [AccessDeniedException, ConflictException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Lists the tags of an opportunity or snapshot job.
@readonly @quotaGroup("Read")
@resourceArn("{ResourceArn}")
operation ListTagsForResource {
    input: ListTagsForResourceRequest
    output: ListTagsForResourceResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Names a resource and the tags to set on it.
structure TagResourceRequest {
    @required ResourceArn: TaggableResourceArn
    @required Tags: TagList
}

/// The empty answer of TagResource.
structure TagResourceResponse {}

/// Names a resource and the tag keys to remove from it.
structure UntagResourceRequest {
    @required ResourceArn: TaggableResourceArn
    @required TagKeys: TagKeyList
}

/// The empty answer of UntagResource.
structure UntagResourceResponse {}

/// Names the resource whose tags are listed.
structure ListTagsForResourceRequest {
    @required ResourceArn: TaggableResourceArn
}

/// All tags of the resource.
structure ListTagsForResourceResponse {
    @required Tags: TagList
}

@length(min: 1, max: 50) list TagKeyList { member: TagKey }

@length(min: 1, max: 1000)
@pattern("arn:[\\w+=/,.@-]+:partnercentral:[\\w+=/,.@-]*:[0-9]{12}:catalog/([a-zA-Z]+)/[\\w+=,.@-]+(/[\\w+=,.@-]+)*")
@expects("the ARN of an opportunity or snapshot job")
string TaggableResourceArn

// ---------------------------------------------------------------------------------------------------
// Settings

/// Reads the account's settings in a catalog.
@readonly @quotaGroup("Read")
operation GetSellingSystemSettings {
    input: GetSellingSystemSettingsRequest
    output: GetSellingSystemSettingsResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Sets the role that snapshot jobs work under; without one, clears it.
@idempotent @quotaGroup("Write")
@dependentActions(["iam:PassRole arn:aws:iam::{account}:role/{ResourceSnapshotJobRoleIdentifier}"])
operation PutSellingSystemSettings {
    input: PutSellingSystemSettingsRequest
    output: PutSellingSystemSettingsResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Names the catalog whose settings are read.
structure GetSellingSystemSettingsRequest {
    @required Catalog: CatalogIdentifier
}

/// The caller's settings in the catalog.
structure GetSellingSystemSettingsResponse {
    @required Catalog: CatalogIdentifier
    ResourceSnapshotJobRoleArn: ResourceSnapshotJobRoleArn
}

/// The new settings of the caller in a catalog.
structure PutSellingSystemSettingsRequest {
    @required Catalog: CatalogIdentifier
    ResourceSnapshotJobRoleIdentifier: ResourceSnapshotJobRoleIdentifier
}

/// The settings after the change.
structure PutSellingSystemSettingsResponse {
    @required Catalog: CatalogIdentifier
    ResourceSnapshotJobRoleArn: ResourceSnapshotJobRoleArn
}

@length(max: 2048)
@pattern("arn:aws:iam::\\d{12}:role/([-+=,.@_a-zA-Z0-9]+/)*[-+=,.@_a-zA-Z0-9]{1,64}")
string ResourceSnapshotJobRoleArn

@length(max: 2048)
@pattern("(arn:aws:iam::\\d{12}:role/([-+=,.@_a-zA-Z0-9]+/)*)?[-+=,.@_a-zA-Z0-9]{1,64}")
@expects("a role name or role ARN")
string ResourceSnapshotJobRoleIdentifier

// ---------------------------------------------------------------------------------------------------
// Customer accounts

/// Records one customer of the partner and starts matching it with a customer that AWS knows.
@quotaGroup("Write")
@resourceArn("customer-account/*")
operation CreateCustomerAccount {
    input: CreateCustomerAccountRequest
    output: CreateCustomerAccountResponse
    errors: [AccessDeniedException, ConflictException, InternalServerException, ServiceQuotaExceededException, ThrottlingException, ValidationException]
}

/// Reads one customer account with its matching status and what AWS added.
@readonly @quotaGroup("Read")
@resourceArn("customer-account/{Identifier}")
operation GetCustomerAccount {
    input: GetCustomerAccountRequest
    output: GetCustomerAccountResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Replaces the account data, if LastModifiedDate is still the stored one, and matches the account again.
@idempotent @quotaGroup("Write")
@resourceArn("customer-account/{Identifier}")
operation UpdateCustomerAccount {
    input: UpdateCustomerAccountRequest
    output: UpdateCustomerAccountResponse
    errors: [AccessDeniedException, ConflictException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Deletes a customer account. Deleting one that does not exist succeeds.
@idempotent @quotaGroup("Write")
@resourceArn("customer-account/{Identifier}")
operation DeleteCustomerAccount {
    input: DeleteCustomerAccountRequest
    output: DeleteCustomerAccountResponse
    errors: [AccessDeniedException, InternalServerException, ThrottlingException, ValidationException]
}

/// Lists the caller's customer accounts that a filter matches.
@readonly @quotaGroup("Read")
@paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "MaxResults", items: "CustomerAccountSummaries")
operation SearchCustomerAccounts {
    input: SearchCustomerAccountsRequest
    output: SearchCustomerAccountsResponse
    errors: [AccessDeniedException, InternalServerException, ThrottlingException, ValidationException]
}

/// Counts the customer accounts that a filter matches, in total and grouped by field.
@readonly @quotaGroup("Read")
operation GetCustomerAccountStatistics {
    input: GetCustomerAccountStatisticsRequest
    output: GetCustomerAccountStatisticsResponse
    errors: [AccessDeniedException, InternalServerException, ThrottlingException, ValidationException]
}

/// The data of a new customer account.
structure CreateCustomerAccountRequest {
    @required Catalog: CatalogIdentifier
    @required Account: CustomerAccountData
    PartnerAccountIdentifier: PartnerAccountIdentifier
    Tags: CustomerAccountTagList
    @idempotencyToken ClientToken: ClientToken
}

/// The identifiers of the new customer account and its first status, which is PENDING.
structure CreateCustomerAccountResponse {
    @required Arn: CustomerAccountArn
    @required Id: CustomerAccountId
    @required Status: EnrichmentStatus
    @required Catalog: CatalogIdentifier
    PartnerAccountIdentifier: PartnerAccountIdentifier
    @required CreatedDate: DateTime
}

/// Names the customer account to read.
structure GetCustomerAccountRequest {
    @required Catalog: CatalogIdentifier
    @required Identifier: CustomerAccountArnOrIdentifier
}

/// A customer account as stored: the partner's data, the outcome of matching and the enrichment.
structure GetCustomerAccountResponse {
    @required Arn: CustomerAccountArn
    @required Id: CustomerAccountId
    @required Catalog: CatalogIdentifier
    @required EnrichmentStatus: EnrichmentStatus
    PartnerAccountIdentifier: PartnerAccountIdentifier
    @required CreatedDate: DateTime
    @required LastModifiedDate: DateTime
    Issues: IssueList
    /// Present only when EnrichmentStatus is ENRICHED.
    AwsEnrichment: AwsEnrichment
    /// Present only when EnrichmentStatus is ACTION_REQUIRED.
    ReasonCode: CustomerAccountFailureReason
    Message: String
    /// Present only when ReasonCode is DUPLICATE_CUSTOMER_MATCH.
    ExistingCustomerAccountArn: CustomerAccountArn
    @required Account: CustomerAccountData
    Tags: TagList
}

/// The new account data and the LastModifiedDate of the last read.
structure UpdateCustomerAccountRequest {
    @required Catalog: CatalogIdentifier
    @required Identifier: CustomerAccountArnOrIdentifier
    @required Account: CustomerAccountData
    PartnerAccountIdentifier: PartnerAccountIdentifier
    /// The optimistic lock: what the last read returned.
    @required LastModifiedDate: DateTime
}

/// The identifiers, status and dates of the customer account after the update.
structure UpdateCustomerAccountResponse {
    @required Arn: CustomerAccountArn
    @required Id: CustomerAccountId
    @required Status: EnrichmentStatus
    @required Catalog: CatalogIdentifier
    PartnerAccountIdentifier: PartnerAccountIdentifier
    @required CreatedDate: DateTime
    @required LastModifiedDate: DateTime
}

/// Names the customer account to delete.
structure DeleteCustomerAccountRequest {
    @required Catalog: CatalogIdentifier
    @required Identifier: CustomerAccountArnOrIdentifier
}

/// The empty answer of DeleteCustomerAccount.
structure DeleteCustomerAccountResponse {}

/// A filter tree, a sort and a page of a customer account search.
structure SearchCustomerAccountsRequest {
    @required Catalog: CatalogIdentifier
    Filter: Filter
    Sort: CustomerAccountSort
    MaxResults: SearchCustomerAccountsRequestMaxResultsInteger
    NextToken: NextToken
}

/// One page of customer account summaries.
structure SearchCustomerAccountsResponse {
    @required CustomerAccountSummaries: CustomerAccountSummaryList
    NextToken: NextToken
}

/// A filter tree and up to ten groupings of the accounts it matches.
structure GetCustomerAccountStatisticsRequest {
    @required Catalog: CatalogIdentifier
    Filter: Filter
    Aggregations: AggregationRequestList
    /// Adds a bucket for the accounts without a value.
    IncludeMissing: Boolean
}

/// The number of matching accounts and one result per requested aggregation, in request order.
structure GetCustomerAccountStatisticsResponse {
    @required TotalCount: Integer
    Aggregations: AggregationResultList
}

/// What the partner states about a customer: name, address, industry and web presence.
structure CustomerAccountData {
    @required CompanyName: CustomerAccountDataCompanyNameString
    WebsiteUrl: CustomerAccountDataWebsiteUrlString
    Duns: CustomerAccountDataDunsString
    Address: Address
    Industry: String
    OtherIndustry: CustomerAccountDataOtherIndustryString
    Domain: Domain
    ParentCompanyName: CustomerAccountDataParentCompanyNameString
}

/// What AWS adds to a matched customer account.
@alsoChecked
structure AwsEnrichment {
    Customer: AwsEnrichmentCustomer
    Insights: AwsEnrichmentInsights
}

/// One node of a customer account filter tree; exactly one member is set.
structure Filter {
    AndAllFilters: FilterList
    OrAllFilters: FilterList
    NotFilter: Filter
    EqualsTo: FilterCondition
    ContainsAny: FilterCondition
    ContainsAll: FilterCondition
    GreaterThan: FilterCondition
    GreaterThanOrEquals: FilterCondition
    LessThan: FilterCondition
    LessThanOrEquals: FilterCondition
}

/// The field and the direction of a customer account search.
structure CustomerAccountSort {
    @required SortBy: SortableField
    @required SortOrder: SortOrder
}

/// One remark of the matching about the account data.
structure Issue {
    Severity: String
    Code: String
    Message: String
}

/// Recorded facts about the matched customer.
structure AwsEnrichmentCustomer {
    AccountName: String
    Industry: String
    SubIndustry: String
    Sector: String
    Segment: String
    CompanySize: String
    Region: String
    SubRegion: String
    Geo: String
    Country: String
    CustomerAccountPlanningQualification: String
    EligiblePrograms: EligibleProgramList
}

/// Computed scores and the recommended solution for the matched customer.
structure AwsEnrichmentInsights {
    MarketplaceEngagementScore: String
    SolutionCategory: String
    SolutionScore: String
    SolutionSubCategory: String
}

/// A field and the value that an operator compares it with.
structure FilterCondition {
    @required Key: FilterableField
    @required Value: FilterValue
}

/// What a search shows of a customer account.
structure CustomerAccountSummary {
    @required Arn: CustomerAccountArn
    @required Id: CustomerAccountId
    @required Catalog: CatalogIdentifier
    @required EnrichmentStatus: EnrichmentStatus
    PartnerAccountIdentifier: PartnerAccountIdentifier
    @required CreatedDate: DateTime
    @required LastModifiedDate: DateTime
    @required CustomerAccount: CustomerAccountDetailsSummary
    AwsEnrichment: AwsEnrichmentSummary
}

/// One grouping of the matching accounts.
structure AggregationRequest {
    @required GroupBy: AggregationRequestGroupByList
}

/// The buckets of one grouping.
structure AggregationResult {
    @required GroupBy: AggregatableFieldList
    @required Buckets: BucketList
    /// The number of accounts with a value that no returned bucket holds.
    @required OtherCount: Integer
}

/// The value of a condition, in the kind that the field has.
union FilterValue {
    StringValue: String
    StringListValue: AccountFilterStringList
    LongValue: Long
    DateValue: DateTime
}

/// What a search shows of the partner's data: the company name.
structure CustomerAccountDetailsSummary {
    @required CompanyName: CustomerAccountDetailsSummaryCompanyNameString
}

/// What a search shows of the enrichment.
structure AwsEnrichmentSummary {
    Customer: AwsEnrichmentCustomerSummary
    Insights: AwsEnrichmentInsightsSummary
}

/// The recorded facts that a search shows.
structure AwsEnrichmentCustomerSummary {
    Industry: String
    AccountPlanningQualification: EnrichmentValue
    EligiblePrograms: EligibleProgramList
    Geo: String
    Country: String
    Segment: String
}

/// The computed scores that a search shows.
structure AwsEnrichmentInsightsSummary {
    MarketplaceEngagementScore: String
    SolutionCategory: String
    SolutionScore: String
}

/// One value of the grouped field and the number of accounts that have it.
structure Bucket {
    @required Values: BucketValueList
    @required Count: Integer
}

/// Fewer tags than an opportunity may have.
@length(min: 1, max: 50) list CustomerAccountTagList { member: Tag }
list IssueList { member: Issue }
list CustomerAccountSummaryList { member: CustomerAccountSummary }
@length(min: 1, max: 10) list AggregationRequestList { member: AggregationRequest }
@length(min: 1, max: 10) list AggregationResultList { member: AggregationResult }
@length(min: 1, max: 10) list FilterList { member: Filter }
@length(max: 50) list EligibleProgramList { member: String }
@length(min: 1, max: 1) list AggregationRequestGroupByList { member: AggregatableField }
@length(min: 1, max: 2) list AggregatableFieldList { member: AggregatableField }
@length(max: 100) list BucketList { member: Bucket }
@length(min: 1, max: 20) list AccountFilterStringList { member: AccountFilterStringListMemberString }
@length(min: 1, max: 2) list BucketValueList { member: String }

/// The progress of matching a customer account with a customer that AWS knows.
enum EnrichmentStatus {
    PENDING
    ENRICHED
    NO_MATCH_FOUND
    ACTION_REQUIRED
}

/// Why matching a customer account requires an action of the partner.
enum CustomerAccountFailureReason {
    DUPLICATE_CUSTOMER_MATCH
    PROCESSING_ERROR
}

/// The fields that a customer account search can sort by.
enum SortableField {
    COMPANY_NAME
    CREATED_DATE
    LAST_MODIFIED_DATE
    MARKETPLACE_ENGAGEMENT_SCORE
    SOLUTION_SCORE
}

/// The fields that a customer account filter can compare.
enum FilterableField {
    ENRICHMENT_STATUS
    COMPANY_NAME
    AWS_INDUSTRY
    ACCOUNT_PLANNING_QUALIFICATION
    PROGRAM_ELIGIBILITY
    IMPORT_ID
    CREATED_DATE
    LAST_MODIFIED_DATE
    GEO
    COUNTRY
    SEGMENT
    SOLUTION_CATEGORY
    MARKETPLACE_ENGAGEMENT_SCORE
    SOLUTION_SCORE
}

/// The fields that customer accounts can be grouped by.
enum AggregatableField {
    ENRICHMENT_STATUS
    AWS_INDUSTRY
    SEGMENT
    REGION
    SOLUTION_CATEGORY
    ACCOUNT_PLANNING_QUALIFICATION
    PROGRAM_ELIGIBILITY
    MARKETPLACE_ENGAGEMENT_SCORE
    GEO
    COUNTRY
    SOLUTION_SCORE
}

@length(max: 64) string PartnerAccountIdentifier

@pattern("arn:[a-z\\-]*:partnercentral:[a-z0-9\\-]*:[0-9]{12}:catalog/[a-zA-Z]+/customer-account/cust-acc-[0-9a-z]{13}")
string CustomerAccountArn
@pattern("cust-acc-[0-9a-z]{13}") string CustomerAccountId

@pattern("(arn:.*|cust-acc-[0-9a-z]{13})")
@expects("a customer account ARN or an identifier such as cust-acc-0123456789abc")
string CustomerAccountArnOrIdentifier
@range(min: 1, max: 100) integer SearchCustomerAccountsRequestMaxResultsInteger
/// The position of the next page.
string NextToken
@sensitive @length(max: 120) string CustomerAccountDataCompanyNameString
@sensitive @length(min: 4, max: 255) string CustomerAccountDataWebsiteUrlString
@sensitive @pattern("[0-9]{9}") @expects("9 digits") string CustomerAccountDataDunsString
@length(max: 255) string CustomerAccountDataOtherIndustryString
@sensitive @length(min: 1, max: 253) string Domain
@sensitive @length(max: 120) string CustomerAccountDataParentCompanyNameString
@sensitive @length(max: 120) string CustomerAccountDetailsSummaryCompanyNameString
@length(min: 1, max: 255) string AccountFilterStringListMemberString
string EnrichmentValue

// ---------------------------------------------------------------------------------------------------
// Searches and engagement groups

/// Lists the opportunities of the caller that a keyword and a filter both match.
@readonly @encodedOutput @quotaGroup("Read")
@paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "MaxResults", items: "OpportunitySearchSummaries")
operation SearchOpportunities {
    input: SearchOpportunitiesRequest
    output: SearchOpportunitiesResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Lists the engagements of the caller that a keyword, a filter and a group all match.
@readonly @quotaGroup("Read")
@paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "MaxResults", items: "EngagementSearchSummaries")
operation SearchEngagements {
    input: SearchEngagementsRequest
    output: SearchEngagementsResponse
    errors: [AccessDeniedException, InternalServerException, ThrottlingException, ValidationException]
}

/// Lists the active engagement groups that are available to the caller.
@readonly @quotaGroup("Read")
@paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "MaxResults", items: "EngagementGroupSummaries")
operation ListEngagementGroups {
    input: ListEngagementGroupsRequest
    output: ListEngagementGroupsResponse
    errors: [AccessDeniedException, InternalServerException, ThrottlingException, ValidationException]
}

/// A keyword, a filter tree, a sort and a page of an opportunity search.
structure SearchOpportunitiesRequest {
    @required Catalog: CatalogIdentifier
    MaxResults: PageSize
    NextToken: String
    Keyword: SearchKeyword
    Filter: OpportunitySearchFilter
    Sort: OpportunitySearchSort
}

/// One page of opportunity search rows.
structure SearchOpportunitiesResponse {
    @required OpportunitySearchSummaries: OpportunitySearchSummaries
    NextToken: String
}

/// A keyword, a filter tree, a group, a sort and a page of an engagement search.
structure SearchEngagementsRequest {
    @required Catalog: CatalogIdentifier
    Keyword: EngagementSearchKeyword
    Filter: EngagementSearchFilter
    GroupId: GroupId
    Sort: EngagementSearchSort
    MaxResults: PageSize
    NextToken: LeadsNextToken
}

/// One page of engagement search rows.
structure SearchEngagementsResponse {
    EngagementSearchSummaries: EngagementSearchSummaryList
    NextToken: LeadsNextToken
}

/// The filters, the sort and the page of a list of engagement groups.
structure ListEngagementGroupsRequest {
    @required Catalog: CatalogIdentifier
    ReadinessLevel: ReadinessLevel
    Sort: EngagementGroupSort
    EngagementGroupIdentifiers: EngagementGroupIdentifiers
    MaxResults: PageSize
    NextToken: LeadsNextToken
}

/// One page of engagement groups.
structure ListEngagementGroupsResponse {
    EngagementGroupSummaries: EngagementGroupSummaries
    NextToken: LeadsNextToken
}

/// One node of an opportunity filter tree; exactly one member is set.
structure OpportunitySearchFilter {
    AndAllFilters: OpportunitySearchFilterList
    OrAllFilters: OpportunitySearchFilterList
    NotFilter: OpportunitySearchFilter
    EqualsTo: OpportunitySearchPredicate
    ContainsAny: OpportunitySearchPredicate
    ContainsAll: OpportunitySearchPredicate
    GreaterThan: OpportunitySearchPredicate
    GreaterThanOrEquals: OpportunitySearchPredicate
    LessThan: OpportunitySearchPredicate
    LessThanOrEquals: OpportunitySearchPredicate
}

/// The field and the direction of an opportunity search.
structure OpportunitySearchSort {
    @required SortBy: OpportunitySearchSortName
    @required SortOrder: SortOrder
}

/// One node of an engagement filter tree; exactly one member is set.
structure EngagementSearchFilter {
    AndAllFilters: EngagementSearchFilterList
    OrAllFilters: EngagementSearchFilterList
    NotFilter: EngagementSearchFilter
    EqualsTo: EngagementSearchPredicate
    ContainsAny: EngagementSearchPredicate
    ContainsAll: EngagementSearchPredicate
    GreaterThan: EngagementSearchPredicate
    GreaterThanOrEquals: EngagementSearchPredicate
    LessThan: EngagementSearchPredicate
    LessThanOrEquals: EngagementSearchPredicate
}

/// The field and the direction of an engagement search.
structure EngagementSearchSort {
    @required SortBy: EngagementSearchSortName
    @required SortOrder: SortOrder
}

/// The field and the direction of a list of engagement groups.
structure EngagementGroupSort {
    @required SortBy: EngagementGroupSortName
    @required SortOrder: SortOrder
}

/// A field and the value that an operator compares it with.
structure OpportunitySearchPredicate {
    @required Key: OpportunitySearchFilterName
    @required Value: OpportunitySearchFilterValue
}

/// What a search shows of an opportunity.
structure OpportunitySearchSummary {
    @required Id: OpportunityIdentifier
    @required LastModifiedDate: DateTime
    @required CreatedDate: DateTime
    OpportunityType: OpportunityType
    PartnerOpportunityIdentifier: OpportunitySearchSummaryPartnerOpportunityIdentifierString
    LifeCycle: OpportunitySearchLifeCycle
    Customer: OpportunitySearchCustomer
    Project: OpportunitySearchProject
    Tags: TagList
    RelatedEntityIdentifiers: OpportunitySearchRelatedEntityIdentifiers
    OpportunityTeam: OpportunitySearchTeamMembersList
    AwsOpportunitySummary: OpportunitySearchAwsSummary
}

/// A field and the value that an operator compares it with.
structure EngagementSearchPredicate {
    @required Key: EngagementSearchFilterName
    @required Value: EngagementSearchFilterValue
}

/// What a search shows of an engagement, contexts included.
structure EngagementSearchSummary {
    Id: EngagementIdentifier
    Arn: EngagementArn
    Title: EngagementTitle
    Description: EngagementDescription
    CreatedAt: DateTime
    CreatedBy: AwsAccount
    MemberCount: Integer
    ModifiedAt: DateTime
    ModifiedBy: AwsAccount
    Contexts: EngagementContexts
}

/// A curated set of engagements with a common property.
structure EngagementGroupSummary {
    @required Id: GroupId
    Arn: EngagementGroupArn
    Catalog: CatalogIdentifier
    Name: EngagementGroupName
    Description: EngagementGroupDescription
    /// The number of engagements of the group that the caller can see.
    Count: Integer
    ReadinessLevel: ReadinessLevel
    UpdatedAt: DateTime
}

/// The value of a predicate, in the kind that the field has.
union OpportunitySearchFilterValue {
    StringValue: SearchFilterValue
    StringListValue: OpportunitySearchFilterValues
    LongValue: Long
    DoubleValue: Double
    DateValue: DateTime
}

/// What a search shows of the life cycle of an opportunity.
structure OpportunitySearchLifeCycle {
    ReviewStatus: ReviewStatus
    Stage: Stage
    NextSteps: OpportunitySearchLifeCycleNextStepsString
    TargetCloseDate: Date
}

/// What a search shows of the customer of an opportunity.
structure OpportunitySearchCustomer {
    Account: OpportunitySearchAccount
}

/// What a search shows of the project of an opportunity.
structure OpportunitySearchProject {
    Title: OpportunitySearchProjectTitleString
    ApnPrograms: ApnPrograms
    ExpectedCustomerSpend: OpportunitySearchExpectedCustomerSpendList
}

/// The offers, offer sets and solutions that are associated with an opportunity.
structure OpportunitySearchRelatedEntityIdentifiers {
    AwsMarketplaceOffers: AwsMarketplaceOfferIdentifiers
    AwsMarketplaceOfferSets: AwsMarketplaceOfferSetIdentifiers
    AwsMarketplaceSolutions: AwsMarketplaceSolutionIdentifiers
    Solutions: SolutionIdentifiers
}

/// What a search shows of the AWS side of an opportunity; absent until there is one.
structure OpportunitySearchAwsSummary {
    Origin: OpportunityOrigin
    CosellMotion: CosellMotion
    Insights: OpportunitySearchInsights
}

/// The value of a predicate, in the kind that the field has.
union EngagementSearchFilterValue {
    StringValue: EngagementSearchStringValue
    StringListValue: EngagementSearchFilterValues
    LongValue: Long
    DateValue: DateTime
}

/// What a search shows of the customer's company.
structure OpportunitySearchAccount {
    CompanyName: OpportunitySearchAccountCompanyNameString
    Industry: Industry
    AwsAccountId: SearchAwsAccount
    Address: OpportunitySearchAddress
}

/// A member of the partner's team without e-mail address and phone number.
structure OpportunitySearchTeamMember {
    FirstName: OpportunitySearchTeamMemberFirstNameString
    LastName: OpportunitySearchTeamMemberLastNameString
    BusinessTitle: JobTitle
}

/// What a search shows of AWS's insights into an opportunity.
structure OpportunitySearchInsights {
    EngagementScore: SearchEngagementScore
    OpportunityQuality: OpportunitySearchOpportunityQuality
}

/// What a search shows of the company's address: the country.
structure OpportunitySearchAddress {
    CountryCode: CountryCode
}

/// An expected amount and its currency.
structure OpportunitySearchExpectedCustomerSpend {
    Amount: Amount
    @required CurrencyCode: CurrencyCode
}

/// The quality score of an opportunity.
structure OpportunitySearchOpportunityQuality {
    Score: OpportunitySearchOpportunityQualityScoreInteger
}

list OpportunitySearchSummaries { member: OpportunitySearchSummary }
list EngagementSearchSummaryList { member: EngagementSearchSummary }
@length(min: 1, max: 10) list EngagementGroupIdentifiers { member: EngagementGroupArnOrIdentifier }
list EngagementGroupSummaries { member: EngagementGroupSummary }
@length(min: 1, max: 10) list OpportunitySearchFilterList { member: OpportunitySearchFilter }
@length(min: 1, max: 10) list EngagementSearchFilterList { member: EngagementSearchFilter }
@length(max: 10) list OpportunitySearchTeamMembersList { member: OpportunitySearchTeamMember }
@length(min: 1, max: 20) list OpportunitySearchFilterValues { member: SearchFilterValue }
@length(max: 10) list OpportunitySearchExpectedCustomerSpendList { member: OpportunitySearchExpectedCustomerSpend }
@length(min: 1, max: 20) list EngagementSearchFilterValues { member: EngagementSearchStringValue }

/// The call to action that AWS recommends for the engagements of a group.
enum ReadinessLevel {
    SALES_READY = "SalesReady"
    MARKETING_READY = "MarketingReady"
    LOW_POTENTIAL = "LowPotential"
}

/// The fields that an opportunity search can sort by.
enum OpportunitySearchSortName {
    OPPORTUNITY_ID = "OpportunityId"
    STAGE = "Stage"
    REVIEW_STATUS = "ReviewStatus"
    CUSTOMER_COMPANY_NAME = "CustomerCompanyName"
    LAST_MODIFIED_DATE = "LastModifiedDate"
    TARGET_CLOSE_DATE = "TargetCloseDate"
    CREATED_DATE = "CreatedDate"
    COUNTRY_CODE = "CountryCode"
    PARTNER_PROJECT_TITLE = "PartnerProjectTitle"
    OPPORTUNITY_TYPE = "OpportunityType"
    PARTNER_OPPORTUNITY_IDENTIFIER = "PartnerOpportunityIdentifier"
    INDUSTRY = "Industry"
    AWS_ACCOUNT_ID = "AwsAccountId"
    ORIGIN = "Origin"
    NEXT_STEP = "NextStep"
    COSELL_MOTION = "CosellMotion"
    OPPORTUNITY_OWNER = "OpportunityOwner"
    ENGAGEMENT_SCORE = "EngagementScore"
    ESTIMATED_MRR = "EstimatedMrr"
    TAGS = "Tags"
    OFFER_ID = "OfferId"
    OFFER_SET_ID = "OfferSetId"
    APN_PROGRAMS = "ApnPrograms"
}

/// The fields that an engagement search can sort by.
enum EngagementSearchSortName {
    ENGAGEMENT_ID = "EngagementId"
    TITLE = "Title"
    PARTNER_ID = "PartnerId"
    CREATED_AT = "CreatedAt"
    LAST_MODIFIED_AT = "LastModifiedAt"
    MEMBER_COUNT = "MemberCount"
    PROSPECTING_CUSTOMER_GEO = "ProspectingCustomerGeo"
    PROSPECTING_CUSTOMER_REGION = "ProspectingCustomerRegion"
    PROSPECTING_CUSTOMER_INDUSTRY = "ProspectingCustomerIndustry"
    PROSPECTING_CUSTOMER_SEGMENT = "ProspectingCustomerSegment"
    PROSPECTING_CUSTOMER_COUNTRY = "ProspectingCustomerCountry"
    PROSPECTING_CUSTOMER_COMPANY_SIZE = "ProspectingCustomerCompanySize"
    PROSPECTING_INSIGHTS_MARKETPLACE_ENGAGEMENT_SCORE = "ProspectingInsightsMarketplaceEngagementScore"
    PROSPECTING_INSIGHTS_SOLUTION_CATEGORY = "ProspectingInsightsSolutionCategory"
    PROSPECTING_INSIGHTS_SOLUTION_SUB_CATEGORY = "ProspectingInsightsSolutionSubCategory"
    LEAD_QUALIFICATION_STATUS = "LeadQualificationStatus"
    LEAD_READINESS_SCORE = "LeadReadinessScore"
    LEAD_CUSTOMER_INDUSTRY = "LeadCustomerIndustry"
    LEAD_CUSTOMER_COUNTRY_CODE = "LeadCustomerCountryCode"
    LEAD_CUSTOMER_AWS_MATURITY = "LeadCustomerAwsMaturity"
    LEAD_CUSTOMER_MARKET_SEGMENT = "LeadCustomerMarketSegment"
    LEAD_CUSTOMER_COMPANY_NAME = "LeadCustomerCompanyName"
    LEAD_INTERACTIONS_CONTACT_FIRST_NAME = "LeadInteractionsContactFirstName"
    LEAD_INTERACTIONS_CONTACT_LAST_NAME = "LeadInteractionsContactLastName"
    LEAD_INTERACTIONS_USECASE = "LeadInteractionsUsecase"
    LEAD_INTERACTIONS_CONTACT_BUSINESS_TITLE = "LeadInteractionsContactBusinessTitle"
}

/// The fields that a list of engagement groups can sort by.
enum EngagementGroupSortName {
    COUNT = "Count"
    UPDATED_AT = "UpdatedAt"
}

/// The fields that an opportunity filter can compare.
enum OpportunitySearchFilterName {
    OPPORTUNITY_ID = "OpportunityId"
    STAGE = "Stage"
    REVIEW_STATUS = "ReviewStatus"
    CUSTOMER_COMPANY_NAME = "CustomerCompanyName"
    LAST_MODIFIED_DATE = "LastModifiedDate"
    TARGET_CLOSE_DATE = "TargetCloseDate"
    CREATED_DATE = "CreatedDate"
    COUNTRY_CODE = "CountryCode"
    PARTNER_PROJECT_TITLE = "PartnerProjectTitle"
    OPPORTUNITY_TYPE = "OpportunityType"
    PARTNER_OPPORTUNITY_IDENTIFIER = "PartnerOpportunityIdentifier"
    INDUSTRY = "Industry"
    AWS_ACCOUNT_ID = "AwsAccountId"
    APN_PROGRAMS = "ApnPrograms"
    ORIGIN = "Origin"
    TAGS = "Tags"
    NEXT_STEP = "NextStep"
    OFFER_ID = "OfferId"
    OFFER_SET_ID = "OfferSetId"
    AWS_MARKETPLACE_SOLUTION = "AwsMarketplaceSolution"
    COSELL_MOTION = "CosellMotion"
    OPPORTUNITY_OWNER = "OpportunityOwner"
    ESTIMATED_MRR = "EstimatedMrr"
    ENGAGEMENT_SCORE = "EngagementScore"
}

/// The fields that an engagement filter can compare.
enum EngagementSearchFilterName {
    ENGAGEMENT_ID = "EngagementId"
    TITLE = "Title"
    PARTNER_ID = "PartnerId"
    CREATED_AT = "CreatedAt"
    LAST_MODIFIED_AT = "LastModifiedAt"
    MEMBER_COUNT = "MemberCount"
    PROSPECTING_CUSTOMER_GEO = "ProspectingCustomerGeo"
    PROSPECTING_CUSTOMER_REGION = "ProspectingCustomerRegion"
    PROSPECTING_CUSTOMER_INDUSTRY = "ProspectingCustomerIndustry"
    PROSPECTING_CUSTOMER_SEGMENT = "ProspectingCustomerSegment"
    PROSPECTING_CUSTOMER_COUNTRY = "ProspectingCustomerCountry"
    PROSPECTING_CUSTOMER_COMPANY_SIZE = "ProspectingCustomerCompanySize"
    PROSPECTING_INSIGHTS_MARKETPLACE_ENGAGEMENT_SCORE = "ProspectingInsightsMarketplaceEngagementScore"
    PROSPECTING_INSIGHTS_SOLUTION_CATEGORY = "ProspectingInsightsSolutionCategory"
    PROSPECTING_INSIGHTS_SOLUTION_SUB_CATEGORY = "ProspectingInsightsSolutionSubCategory"
    LEAD_QUALIFICATION_STATUS = "LeadQualificationStatus"
    LEAD_READINESS_SCORE = "LeadReadinessScore"
    LEAD_CUSTOMER_INDUSTRY = "LeadCustomerIndustry"
    LEAD_CUSTOMER_COUNTRY_CODE = "LeadCustomerCountryCode"
    LEAD_CUSTOMER_AWS_MATURITY = "LeadCustomerAwsMaturity"
    LEAD_CUSTOMER_MARKET_SEGMENT = "LeadCustomerMarketSegment"
    LEAD_INTERACTIONS_SOURCE_TYPE = "LeadInteractionsSourceType"
    LEAD_CUSTOMER_COMPANY_NAME = "LeadCustomerCompanyName"
    LEAD_INTERACTIONS_CONTACT_FIRST_NAME = "LeadInteractionsContactFirstName"
    LEAD_INTERACTIONS_CONTACT_LAST_NAME = "LeadInteractionsContactLastName"
    LEAD_INTERACTIONS_USECASE = "LeadInteractionsUsecase"
    LEAD_INTERACTIONS_SOURCE_NAME = "LeadInteractionsSourceName"
    LEAD_INTERACTIONS_CONTACT_BUSINESS_TITLE = "LeadInteractionsContactBusinessTitle"
    CONTEXT_TYPE = "ContextType"
}

/// AWS's engagement score of an opportunity.
@sensitive
enum SearchEngagementScore {
    HIGH = "High"
    MEDIUM = "Medium"
    LOW = "Low"
}

@sensitive @length(min: 1, max: 500) string SearchKeyword
@sensitive @length(min: 1, max: 500) string EngagementSearchKeyword

@length(min: 1, max: 64)
@pattern("eng-grp-[0-9a-z]{14}")
@expects("an identifier such as eng-grp-0123456789abcd")
string GroupId
@length(min: 1, max: 2048) string LeadsNextToken

@length(min: 1, max: 255)
@pattern("(arn:.*|eng-grp-[0-9a-z]{14})")
@expects("an engagement group ARN or an identifier such as eng-grp-0123456789abcd")
string EngagementGroupArnOrIdentifier
@length(max: 64) string OpportunitySearchSummaryPartnerOpportunityIdentifierString
@length(min: 1, max: 255) string EngagementGroupArn
@length(min: 1, max: 255) string EngagementGroupName
@length(min: 1, max: 2048) string EngagementGroupDescription
@sensitive @length(min: 1, max: 255) string SearchFilterValue
@sensitive @length(max: 255) string OpportunitySearchLifeCycleNextStepsString
@sensitive @length(max: 255) string OpportunitySearchProjectTitleString
@sensitive string CosellMotion
@sensitive @length(min: 1, max: 255) string EngagementSearchStringValue
@sensitive @length(max: 120) string OpportunitySearchAccountCompanyNameString
@sensitive string SearchAwsAccount
@sensitive @length(max: 80) string OpportunitySearchTeamMemberFirstNameString
@sensitive @length(max: 80) string OpportunitySearchTeamMemberLastNameString
@range(min: 0, max: 100) integer OpportunitySearchOpportunityQualityScoreInteger

// ---------------------------------------------------------------------------------------------------
// Bulk jobs

/// Starts a job that creates customer accounts from a CSV file.
@idempotent @quotaGroup("Write")
operation StartCustomerAccountBulkJob {
    input: StartCustomerAccountBulkJobRequest
    output: StartCustomerAccountBulkJobResponse
    errors: [AccessDeniedException, ConflictException, InternalServerException, ServiceQuotaExceededException, ThrottlingException, ValidationException]
}

/// Reads the status and the counters of a customer account bulk job.
@readonly @quotaGroup("Read")
@resourceArn("customer-account-bulk-job/{Identifier}")
operation GetCustomerAccountBulkJob {
    input: GetCustomerAccountBulkJobRequest
    output: GetCustomerAccountBulkJobResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Lists the caller's customer account bulk jobs, newest first.
@readonly @quotaGroup("Read")
@paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "MaxResults", items: "items")
operation ListCustomerAccountBulkJobs {
    input: ListCustomerAccountBulkJobsRequest
    output: ListCustomerAccountBulkJobsResponse
    errors: [AccessDeniedException, InternalServerException, ThrottlingException, ValidationException]
}

/// Lists the outcome of each record of a customer account bulk job, in file order.
@readonly @quotaGroup("Read")
@paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "MaxResults", items: "Results")
@resourceArn("customer-account-bulk-job/{Identifier}")
operation ListCustomerAccountBulkJobResults {
    input: ListCustomerAccountBulkJobResultsRequest
    output: ListCustomerAccountBulkJobResultsResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Makes the report of a finished customer account bulk job and returns a download URL once it exists.
@readonly @quotaGroup("Read")
@resourceArn("customer-account-bulk-job/{Identifier}")
operation GetCustomerAccountBulkJobReportUrl {
    input: GetCustomerAccountBulkJobReportUrlRequest
    output: GetCustomerAccountBulkJobReportUrlResponse
    errors: [AccessDeniedException, ConflictException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Starts a job that creates or updates opportunities from a CSV file.
@idempotent @quotaGroup("Write")
operation StartOpportunityBulkJob {
    input: StartOpportunityBulkJobRequest
    output: StartOpportunityBulkJobResponse
    errors: [AccessDeniedException, ConflictException, InternalServerException, ServiceQuotaExceededException, ThrottlingException, ValidationException]
}

/// Lists the caller's opportunity bulk jobs, newest first.
@readonly @quotaGroup("Read")
@paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "MaxResults", items: "OpportunityBulkJobSummaries")
operation ListOpportunityBulkJobs {
    input: ListOpportunityBulkJobsRequest
    output: ListOpportunityBulkJobsResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Lists the outcome of each record of an opportunity bulk job, in file order.
@readonly @quotaGroup("Read")
@paginated(inputToken: "NextToken", outputToken: "NextToken", pageSize: "MaxResults", items: "Results")
@resourceArn("opportunity-bulk-job/{JobId}")
operation ListOpportunityBulkJobResults {
    input: ListOpportunityBulkJobResultsRequest
    output: ListOpportunityBulkJobResultsResponse
    errors: [AccessDeniedException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// Makes the report of a finished opportunity bulk job and returns a download URL once it exists.
@readonly @quotaGroup("Read")
@resourceArn("opportunity-bulk-job/{JobId}")
operation GetOpportunityBulkJobReportUrl {
    input: GetOpportunityBulkJobReportUrlRequest
    output: GetOpportunityBulkJobReportUrlResponse
    errors: [AccessDeniedException, ConflictException, InternalServerException, ResourceNotFoundException, ThrottlingException, ValidationException]
}

/// The location of the CSV file with the accounts to create.
structure StartCustomerAccountBulkJobRequest {
    @required Catalog: CatalogIdentifier
    @required @idempotencyToken ClientToken: ClientToken
    @required FileUri: FileUri
}

/// The identifiers and the first status of the new job.
structure StartCustomerAccountBulkJobResponse {
    @required Arn: BulkJobArn
    @required Id: JobId
    @required Status: BulkJobStatus
    @required CreatedAt: DateTime
}

/// Names the customer account bulk job to read.
structure GetCustomerAccountBulkJobRequest {
    @required Catalog: CatalogIdentifier
    @required Identifier: BulkJobArnOrIdentifier
}

/// A customer account bulk job with its counters.
structure GetCustomerAccountBulkJobResponse {
    @required Arn: BulkJobArn
    @required Id: JobId
    @required Status: BulkJobStatus
    FileName: FileName
    @required TotalRecords: Integer
    @required ProcessedRecords: Integer
    @required SuccessCount: Integer
    @required FailureCount: Integer
    @required DeletedCount: Integer
    FailureReason: String
    @required CreatedAt: DateTime
    CompletedAt: DateTime
}

/// The filter and the page of a list of customer account bulk jobs.
structure ListCustomerAccountBulkJobsRequest {
    @required Catalog: CatalogIdentifier
    Filter: CustomerAccountBulkJobFilter
    MaxResults: MaxResults
    NextToken: NextToken
}

/// One page of customer account bulk jobs.
structure ListCustomerAccountBulkJobsResponse {
    @required items: CustomerAccountBulkJobSummaryList
    NextToken: NextToken
}

/// Names the job, and the record status and page to list.
structure ListCustomerAccountBulkJobResultsRequest {
    @required Catalog: CatalogIdentifier
    @required Identifier: BulkJobArnOrIdentifier
    Status: BulkRecordStatus
    MaxResults: MaxResults
    NextToken: NextToken
}

/// One page of record results.
structure ListCustomerAccountBulkJobResultsResponse {
    @required Results: BulkJobResultList
    NextToken: NextToken
}

/// Names the finished job and the kind of report.
structure GetCustomerAccountBulkJobReportUrlRequest {
    @required Catalog: CatalogIdentifier
    @required Identifier: BulkJobArnOrIdentifier
    ReportType: BulkReportType
}

/// The status of the report and, when it is available, its download URL.
structure GetCustomerAccountBulkJobReportUrlResponse {
    @required ReportStatus: BulkReportStatus
    @required ReportType: BulkReportType
    Url: BulkReportUrl
    ExpiresAt: DateTime
    FailureReason: String
}

/// The location and the format of the file with the opportunities to create or update.
structure StartOpportunityBulkJobRequest {
    @required Catalog: CatalogIdentifier
    @required @idempotencyToken ClientToken: ClientToken
    @required FileURI: FileUri
    @required FileFormat: BulkFileFormat
}

/// The identifier of the new job.
structure StartOpportunityBulkJobResponse {
    @required JobId: BulkJobId
}

/// The filters and the page of a list of opportunity bulk jobs.
structure ListOpportunityBulkJobsRequest {
    @required Catalog: CatalogIdentifier
    MaxResults: ListOpportunityBulkJobsRequestMaxResultsInteger
    NextToken: String
    JobId: BulkJobId
    Status: BulkJobStatus
}

/// One page of opportunity bulk jobs.
structure ListOpportunityBulkJobsResponse {
    @required OpportunityBulkJobSummaries: OpportunityBulkJobSummaryList
    NextToken: String
}

/// Names the job, and the record status and page to list.
structure ListOpportunityBulkJobResultsRequest {
    @required Catalog: CatalogIdentifier
    MaxResults: ListOpportunityBulkJobResultsRequestMaxResultsInteger
    NextToken: String
    @required JobId: BulkJobId
    Status: BulkRecordStatus
}

/// One page of record results.
structure ListOpportunityBulkJobResultsResponse {
    @required Results: BulkJobResultList
    NextToken: String
}

/// Names the finished job, the kind of report and its format.
structure GetOpportunityBulkJobReportUrlRequest {
    @required Catalog: CatalogIdentifier
    @required JobId: BulkJobId
    @required ReportFormat: BulkFileFormat
    ReportType: BulkReportType
}

/// The status of the report and, when it is available, its download URL.
structure GetOpportunityBulkJobReportUrlResponse {
    @required ReportStatus: BulkReportStatus
    @required ReportType: BulkReportType
    @required ReportFormat: BulkFileFormat
    Url: BulkReportUrl
    ExpiresAt: DateTime
    FailureReason: String
}

/// Narrows a list of jobs to one job, one status or both.
structure CustomerAccountBulkJobFilter {
    Identifier: BulkJobArnOrIdentifier
    Status: BulkJobStatus
}

/// A customer account bulk job with its counters, as a list shows it.
structure CustomerAccountBulkJobSummary {
    @required Arn: BulkJobArn
    @required Id: JobId
    @required Status: BulkJobStatus
    FileName: FileName
    @required TotalRecords: Integer
    @required ProcessedRecords: Integer
    @required SuccessCount: Integer
    @required FailureCount: Integer
    /// The number of created accounts that were deleted later.
    @required DeletedCount: Integer
    FailureReason: String
    @required CreatedAt: DateTime
    CompletedAt: DateTime
}

/// The outcome of one record of a bulk job.
structure BulkJobResult {
    /// The identifier of the record in the file.
    @required RequestId: String
    @required Status: BulkRecordStatus
    /// May be present on a failed record: the resource was created before the failure.
    ResourceIdentifier: String
    ErrorCode: String
    ErrorMessage: String
}

/// An opportunity bulk job with its counters.
structure OpportunityBulkJobSummary {
    @required JobId: BulkJobId
    @required Status: BulkJobStatus
    @required TotalRecords: Integer
    @required ProcessedRecords: Integer
    @required SuccessCount: Integer
    @required FailureCount: Integer
    @required CreatedAt: DateTime
    StartedAt: DateTime
    CompletedAt: DateTime
    FailureReason: String
    FileName: BulkFileName
    /// Absent until the header row of the file was read.
    OperationType: BulkOperationType
}

@length(max: 100) list CustomerAccountBulkJobSummaryList { member: CustomerAccountBulkJobSummary }
list BulkJobResultList { member: BulkJobResult }
list OpportunityBulkJobSummaryList { member: OpportunityBulkJobSummary }

/// The progress of a bulk job. A job with failed records is COMPLETED; FAILED is a fault of the whole job.
enum BulkJobStatus {
    SUBMITTED
    IN_PROGRESS
    COMPLETED
    FAILED
}

/// The outcome of one record of a bulk job.
enum BulkRecordStatus {
    SUCCEEDED
    FAILED
}

/// The records that a report contains.
enum BulkReportType {
    FAILED_RECORDS
    ALL_RECORDS
}

/// The progress of making a report.
enum BulkReportStatus {
    NOT_STARTED
    IN_PROGRESS
    AVAILABLE
    FAILED
    EXPIRED
}

/// The file formats of bulk jobs and their reports.
enum BulkFileFormat {
    CSV
}

/// Whether a bulk job creates or updates opportunities; the header row of the file decides.
enum BulkOperationType {
    BULK_CREATE
    BULK_UPDATE
}

/// The location of an uploaded file. It can carry credentials, so it never appears in logs.
@sensitive @length(min: 1, max: 2000)
@pattern("(s3://|https://).*")
@expects("a URI that begins with s3:// or https://")
string FileUri

@pattern("arn:[a-z\\-]*:partnercentral:[a-z0-9\\-]*:[0-9]{12}:catalog/[a-zA-Z]+/customer-account-bulk-job/bulkjob-[0-9a-z]{13}")
string BulkJobArn
@pattern("bulkjob-[0-9a-z]{13}") @expects("an identifier such as bulkjob-0123456789abc") string JobId

@pattern("(arn:.*|bulkjob-[0-9a-z]{13})")
@expects("a bulk job ARN or an identifier such as bulkjob-0123456789abc")
string BulkJobArnOrIdentifier
@length(min: 1, max: 1024) string FileName
@range(min: 1, max: 100) integer MaxResults
/// A presigned download address. It carries credentials, so it never appears in logs.
@sensitive string BulkReportUrl
@pattern("bulkjob-[0-9a-z]{13}") @expects("an identifier such as bulkjob-0123456789abc") string BulkJobId
@range(min: 1, max: 100) integer ListOpportunityBulkJobsRequestMaxResultsInteger
@range(min: 1, max: 1000) integer ListOpportunityBulkJobResultsRequestMaxResultsInteger
@length(min: 1, max: 255) string BulkFileName

// ---------------------------------------------------------------------------------------------------
// Shared by several families

/// The customer's company.
structure Account {
    Industry: Industry
    OtherIndustry: AccountOtherIndustryString
    @required CompanyName: AccountCompanyNameString
    WebsiteUrl: WebsiteUrl
    AwsAccountId: AwsAccount
    Address: Address
    Duns: DunsNumber
}

/// A postal address.
structure Address {
    City: AddressCityString
    PostalCode: AddressPostalCodeString
    StateOrRegion: AddressPart
    CountryCode: CountryCode
    StreetAddress: AddressStreetAddressString
}

/// The customer's contacts, on the AWS side of an opportunity.
structure AwsOpportunityCustomer {
    Contacts: CustomerContactsList
}

/// What AWS thinks of the opportunity.
structure AwsOpportunityInsights {
    NextBestActions: String
    EngagementScore: EngagementScore
    AwsProductsSpendInsightsBySource: AwsProductsSpendInsightsBySource
    OpportunityQuality: OpportunityQuality
    Recommendations: RecommendationList
}

/// Where the opportunity stands in the books of AWS.
structure AwsOpportunityLifeCycle {
    TargetCloseDate: Date
    ClosedLostReason: AwsClosedLostReason
    Stage: AwsOpportunityStage
    NextSteps: AwsOpportunityLifeCycleNextStepsString
    NextStepsHistory: AwsOpportunityLifeCycleNextStepsHistoryList
}

/// The expected spend, on the AWS side of an opportunity.
structure AwsOpportunityProject {
    ExpectedCustomerSpend: ExpectedCustomerSpendList
    AwsPartition: AwsPartition
}

/// The entities associated with an opportunity, on its AWS side.
structure AwsOpportunityRelatedEntities {
    AwsProducts: AwsProductIdentifiers
    Solutions: SolutionIdentifiers
    AwsMarketplaceSolutions: AwsMarketplaceSolutionIdentifiers
    AwsMarketplaceProducts: AwsMarketplaceProductIdentifiers
}

/// The estimate for one AWS product of an opportunity.
structure AwsProductDetails {
    @required ProductCode: String
    ServiceCode: String
    @required Categories: AwsProductDetailsCategoriesList
    Amount: MonetaryAmount
    OptimizedAmount: MonetaryAmount
    PotentialSavingsAmount: MonetaryAmount
    @required Optimizations: AwsProductOptimizationsList
}

/// Estimated amounts by AWS product, in one currency and for one period.
structure AwsProductInsights {
    @required CurrencyCode: CurrencyCode
    @required Frequency: PaymentFrequency
    TotalAmount: MonetaryAmount
    TotalOptimizedAmount: MonetaryAmount
    TotalPotentialSavingsAmount: MonetaryAmount
    @required TotalAmountByCategory: AmountMap
    @required AwsProducts: AwsProductsList
}

/// One way to lower the cost of an AWS product.
structure AwsProductOptimization {
    @required Description: String
    @required SavingsAmount: MonetaryAmount
}

/// The spend estimate of AWS beside that from the partner's calculator link.
structure AwsProductsSpendInsightsBySource {
    Partner: AwsProductInsights
    AWS: AwsProductInsights
}

/// The revenue from the partner's software, on the AWS side of an opportunity.
structure AwsSoftwareRevenue {
    Value: MonetaryValue
    Discount: String
    EffectiveDate: Date
    ExpirationDate: Date
}

/// A person on the AWS side.
structure AwsTeamMember {
    Email: Email
    FirstName: AwsTeamMemberFirstNameString
    LastName: AwsTeamMemberLastNameString
    BusinessTitle: AwsMemberBusinessTitle
}

/// A person, of the customer or of the partner.
structure Contact {
    Email: Email
    FirstName: ContactFirstNameString
    LastName: ContactLastNameString
    BusinessTitle: JobTitle
    Phone: PhoneNumber
}

/// The end customer: the company and its people.
structure Customer {
    Account: Account
    Contacts: CustomerContactsList
}

/// The customer of an engagement.
structure EngagementCustomer {
    @required Industry: Industry
    @required CompanyName: CompanyName
    @required WebsiteUrl: CompanyWebsiteUrl
    @required CountryCode: CountryCode
}

/// How long a contract runs: a count of months, as a string.
structure ExpectedContractDuration {
    @required Term: ExpectedContractDurationTerm
    @required Value: String
}

/// What the customer is expected to spend each month, with AWS or ("Self") with the partner.
structure ExpectedCustomerSpend {
    Amount: Amount
    @required CurrencyCode: CurrencyCode
    @required Frequency: PaymentFrequency
    @required TargetCompany: ExpectedCustomerSpendTargetCompanyString
    EstimationUrl: EstimationUrl
}

/// AWS's assessment of a lead.
structure LeadInsights {
    LeadReadinessScore: String
    ChannelRecommendation: ChannelRecommendation
}

/// An amount and its currency.
structure MonetaryValue {
    @required Amount: MonetaryValueAmountString
    @required CurrencyCode: CurrencyCode
}

/// AWS's quality score of an opportunity and its trend.
structure OpportunityQuality {
    Score: OpportunityQualityScoreInteger
    Trend: String
}

/// An earlier text of the AWS side's next steps, and when it was replaced.
structure ProfileNextStepsHistory {
    @required Value: String
    @required Time: DateTime
}

/// Computed scores and the recommended solution for a prospect.
structure ProspectingInsights {
    MarketplaceEngagementScore: EngagementScoreLevel
    SolutionScore: String
    SolutionCategory: String
    SolutionSubCategory: String
}

/// Recorded facts about a prospect.
structure ProspectingResultCustomer {
    AccountName: ProspectingAccountName
    Geo: ProspectingGeo
    Region: ProspectingRegion
    SubRegion: ProspectingSubRegion
    Country: CountryCode
    Industry: Industry
    SubIndustry: ProspectingSubIndustry
    Segment: ProspectingSegment
    CompanySize: ProspectingCompanySize
    EligiblePrograms: EligibleProgramsList
    PublicProfileSummary: ProspectingPublicProfileSummary
}

/// An action that AWS recommends for an opportunity.
structure Recommendation {
    @required Type: String
    @required Details: String
    Attributes: RecommendationAttributeMap
}

/// Everything associated with an opportunity, by kind.
structure RelatedEntityIdentifiers {
    AwsMarketplaceOffers: AwsMarketplaceOfferIdentifiers
    AwsMarketplaceOfferSets: AwsMarketplaceOfferSetIdentifiers
    Solutions: SolutionIdentifiers
    AwsProducts: AwsProductIdentifiers
    AwsMarketplaceSolutions: AwsMarketplaceSolutionIdentifiers
    AwsMarketplaceProducts: AwsMarketplaceProductIdentifiers
}

/// A key and a value.
structure Tag {
    @required Key: TagKey
    @required Value: TagValue
}

map AmountMap { key: String, value: MonetaryAmount }
@length(min: 1, max: 10) list AwsAccountIdOrAliasList { member: AwsAccount }
list AwsMarketplaceOfferIdentifiers { member: AwsMarketplaceOfferIdentifier }
list AwsMarketplaceOfferSetIdentifiers { member: AwsMarketplaceOfferSetIdentifier }
list AwsMarketplaceProductIdentifiers { member: AwsMarketplaceProductArn }
list AwsMarketplaceSolutionIdentifiers { member: AwsMarketplaceSolutionIdentifier }
@length(max: 50) list AwsOpportunityLifeCycleNextStepsHistoryList { member: ProfileNextStepsHistory }
list AwsOpportunityTeamMembersList { member: AwsTeamMember }
@length(max: 20) list AwsProductDetailsCategoriesList { member: String }
list AwsProductIdentifiers { member: AwsProductIdentifier }
@length(max: 10) list AwsProductOptimizationsList { member: AwsProductOptimization }
@length(max: 100) list AwsProductsList { member: AwsProductDetails }
list CustomerContactsList { member: Contact }
list DeliveryModels { member: DeliveryModel }
list EligibleProgramsList { member: String }
@length(min: 1, max: 10) list EngagementIdentifiers { member: EngagementArnOrIdentifier }
@length(max: 10) list ExpectedCustomerSpendList { member: ExpectedCustomerSpend }
@length(max: 10) list PartnerOpportunityTeamMembersList { member: Contact }
list PrimaryNeedsFromAws { member: PrimaryNeedFromAws }
@length(max: 25) map RecommendationAttributeMap { key: String, value: String }
@length(max: 5) list RecommendationList { member: Recommendation }
list SalesActivities { member: SalesActivity }
list SolutionIdentifiers { member: SolutionIdentifier }
@length(min: 1, max: 200) list TagList { member: Tag }

/// Why AWS closed its side of the opportunity as lost.
enum AwsClosedLostReason {
    ADMINISTRATIVE = "Administrative"
    BUSINESS_ASSOCIATE_AGREEMENT = "Business Associate Agreement"
    COMPANY_ACQUIRED_DISSOLVED = "Company Acquired/Dissolved"
    COMPETITIVE_OFFERING = "Competitive Offering"
    CUSTOMER_DATA_REQUIREMENT = "Customer Data Requirement"
    CUSTOMER_DEFICIENCY = "Customer Deficiency"
    CUSTOMER_EXPERIENCE = "Customer Experience"
    DELAY_CANCELLATION_OF_PROJECT = "Delay / Cancellation of Project"
    DUPLICATE = "Duplicate"
    DUPLICATE_OPPORTUNITY = "Duplicate Opportunity"
    EXECUTIVE_BLOCKER = "Executive Blocker"
    FAILED_VETTING = "Failed Vetting"
    FEATURE_LIMITATION = "Feature Limitation"
    FINANCIAL_COMMERCIAL = "Financial/Commercial"
    INSUFFICIENT_AMAZON_VALUE = "Insufficient Amazon Value"
    INSUFFICIENT_AWS_VALUE = "Insufficient AWS Value"
    INTERNATIONAL_CONSTRAINTS = "International Constraints"
    LEGAL_TAX_REGULATORY = "Legal / Tax / Regulatory"
    LEGAL_TERMS_AND_CONDITIONS = "Legal Terms and Conditions"
    LOST_TO_COMPETITOR = "Lost to Competitor"
    LOST_TO_COMPETITOR_GOOGLE = "Lost to Competitor - Google"
    LOST_TO_COMPETITOR_MICROSOFT = "Lost to Competitor - Microsoft"
    LOST_TO_COMPETITOR_OTHER = "Lost to Competitor - Other"
    LOST_TO_COMPETITOR_RACKSPACE = "Lost to Competitor - Rackspace"
    LOST_TO_COMPETITOR_SOFTLAYER = "Lost to Competitor - SoftLayer"
    LOST_TO_COMPETITOR_VMWARE = "Lost to Competitor - VMWare"
    NO_CUSTOMER_REFERENCE = "No Customer Reference"
    NO_INTEGRATION_RESOURCES = "No Integration Resources"
    NO_OPPORTUNITY = "No Opportunity"
    NO_PERCEIVED_VALUE_OF_MP = "No Perceived Value of MP"
    NO_RESPONSE = "No Response"
    NOT_COMMITTED_TO_AWS = "Not Committed to AWS"
    NO_UPDATE = "No Update"
    ON_PREMISES_DEPLOYMENT = "On Premises Deployment"
    OTHER = "Other"
    OTHER_DETAILS_IN_DESCRIPTION = "Other (Details in Description)"
    PARTNER_GAP = "Partner Gap"
    PAST_DUE = "Past Due"
    PEOPLE_RELATIONSHIP_GOVERNANCE = "People/Relationship/Governance"
    PLATFORM_TECHNOLOGY_LIMITATION = "Platform Technology Limitation"
    PREFERENCE_FOR_COMPETITOR = "Preference for Competitor"
    PRICE = "Price"
    PRODUCT_TECHNOLOGY = "Product/Technology"
    PRODUCT_NOT_ON_AWS = "Product Not on AWS"
    SECURITY_COMPLIANCE = "Security / Compliance"
    SELF_SERVICE = "Self-Service"
    TECHNICAL_LIMITATIONS = "Technical Limitations"
    TERM_SHEET_IMPASSE = "Term Sheet Impasse"
}

/// The role of an AWS team member.
enum AwsMemberBusinessTitle {
    AWS_SALES_REP = "AWSSalesRep"
    AWS_ACCOUNT_OWNER = "AWSAccountOwner"
    WWPSPDM
    PDM
    PSM
    ISVSM
    SIGNATORY = "Signatory"
}

/// The stage of the sale on the AWS side.
enum AwsOpportunityStage {
    NOT_STARTED = "Not Started"
    IN_PROGRESS = "In Progress"
    PROSPECT = "Prospect"
    ENGAGED = "Engaged"
    IDENTIFIED = "Identified"
    QUALIFY = "Qualify"
    RESEARCH = "Research"
    SELLER_ENGAGED = "Seller Engaged"
    EVALUATING = "Evaluating"
    SELLER_REGISTERED = "Seller Registered"
    TERM_SHEET_NEGOTIATION = "Term Sheet Negotiation"
    CONTRACT_NEGOTIATION = "Contract Negotiation"
    ONBOARDING = "Onboarding"
    BUILDING_INTEGRATION = "Building Integration"
    QUALIFIED = "Qualified"
    ON_HOLD = "On-hold"
    TECHNICAL_VALIDATION = "Technical Validation"
    BUSINESS_VALIDATION = "Business Validation"
    COMMITTED = "Committed"
    LAUNCHED = "Launched"
    DEFERRED_TO_PARTNER = "Deferred to Partner"
    CLOSED_LOST = "Closed Lost"
    COMPLETED = "Completed"
    CLOSED_INCOMPLETE = "Closed Incomplete"
}

/// Set for the European sovereign cloud only.
enum AwsPartition {
    AWS_EUSC = "aws-eusc"
}

/// A country by its ISO 3166-1 alpha-2 code.
@sensitive
enum CountryCode {
    US, AF, AX, AL, DZ, AS, AD, AO, AI, AQ, AG, AR, AM, AW, AU, AT, AZ, BS
    BH, BD, BB, BY, BE, BZ, BJ, BM, BT, BO, BQ, BA, BW, BV, BR, IO, BN, BG
    BF, BI, KH, CM, CA, CV, KY, CF, TD, CL, CN, CX, CC, CO, KM, CG, CK, CR
    CI, HR, CU, CW, CY, CZ, CD, DK, DJ, DM, DO, EC, EG, SV, GQ, ER, EE, ET
    FK, FO, FJ, FI, FR, GF, PF, TF, GA, GM, GE, DE, GH, GI, GR, GL, GD, GP
    GU, GT, GG, GN, GW, GY, HT, HM, VA, HN, HK, HU, IS, IN, ID, IR, IQ, IE
    IM, IL, IT, JM, JP, JE, JO, KZ, KE, KI, KR, KW, KG, LA, LV, LB, LS, LR
    LY, LI, LT, LU, MO, MK, MG, MW, MY, MV, ML, MT, MH, MQ, MR, MU, YT, MX
    FM, MD, MC, MN, ME, MS, MA, MZ, MM, NA, NR, NP, NL, AN, NC, NZ, NI, NE
    NG, NU, NF, MP, NO, OM, PK, PW, PS, PA, PG, PY, PE, PH, PN, PL, PT, PR
    QA, RE, RO, RU, RW, BL, SH, KN, LC, MF, PM, VC, WS, SM, ST, SA, SN, RS
    SC, SL, SG, SX, SK, SI, SB, SO, ZA, GS, SS, ES, LK, SD, SR, SJ, SZ, SE
    CH, SY, TW, TJ, TZ, TH, TL, TG, TK, TO, TT, TN, TR, TM, TC, TV, UG, UA
    AE, GB, UM, UY, UZ, VU, VE, VN, VG, VI, WF, EH, YE, ZM, ZW
}

/// A currency by its ISO 4217 code.
@sensitive
enum CurrencyCode {
    USD, EUR, GBP, AUD, CAD, CNY, NZD, INR, JPY, CHF, SEK, AED, AFN, ALL, AMD, ANG, AOA, ARS
    AWG, AZN, BAM, BBD, BDT, BGN, BHD, BIF, BMD, BND, BOB, BOV, BRL, BSD, BTN, BWP, BYN, BZD
    CDF, CHE, CHW, CLF, CLP, COP, COU, CRC, CUC, CUP, CVE, CZK, DJF, DKK, DOP, DZD, EGP, ERN
    ETB, FJD, FKP, GEL, GHS, GIP, GMD, GNF, GTQ, GYD, HKD, HNL, HRK, HTG, HUF, IDR, ILS, IQD
    IRR, ISK, JMD, JOD, KES, KGS, KHR, KMF, KPW, KRW, KWD, KYD, KZT, LAK, LBP, LKR, LRD, LSL
    LYD, MAD, MDL, MGA, MKD, MMK, MNT, MOP, MRU, MUR, MVR, MWK, MXN, MXV, MYR, MZN, NAD, NGN
    NIO, NOK, NPR, OMR, PAB, PEN, PGK, PHP, PKR, PLN, PYG, QAR, RON, RSD, RUB, RWF, SAR, SBD
    SCR, SDG, SGD, SHP, SLL, SOS, SRD, SSP, STN, SVC, SYP, SZL, THB, TJS, TMT, TND, TOP, TRY
    TTD, TWD, TZS, UAH, UGX, USN, UYI, UYU, UZS, VEF, VND, VUV, WST, XAF, XCD, XDR, XOF, XPF
    XSU, XUA, YER, ZAR, ZMW, ZWL
}

/// How the partner delivers its solution.
enum DeliveryModel {
    SAAS_OR_PAAS = "SaaS or PaaS"
    BYOL_OR_AMI = "BYOL or AMI"
    MANAGED_SERVICES = "Managed Services"
    PROFESSIONAL_SERVICES = "Professional Services"
    RESELL = "Resell"
    OTHER = "Other"
}

/// AWS's estimate of how much it will engage in the opportunity.
enum EngagementScore {
    HIGH = "High"
    MEDIUM = "Medium"
    LOW = "Low"
}

/// The unit of a contract's duration.
enum ExpectedContractDurationTerm {
    MONTHS = "Months"
}

/// The industry of the customer.
enum Industry {
    AEROSPACE = "Aerospace"
    AGRICULTURE = "Agriculture"
    AUTOMOTIVE = "Automotive"
    COMPUTERS_AND_ELECTRONICS = "Computers and Electronics"
    CONSUMER_GOODS = "Consumer Goods"
    EDUCATION = "Education"
    ENERGY_OIL_AND_GAS = "Energy - Oil and Gas"
    ENERGY_POWER_AND_UTILITIES = "Energy - Power and Utilities"
    FINANCIAL_SERVICES = "Financial Services"
    GAMING = "Gaming"
    GOVERNMENT = "Government"
    HEALTHCARE = "Healthcare"
    HOSPITALITY = "Hospitality"
    LIFE_SCIENCES = "Life Sciences"
    MANUFACTURING = "Manufacturing"
    MARKETING_AND_ADVERTISING = "Marketing and Advertising"
    MEDIA_AND_ENTERTAINMENT = "Media and Entertainment"
    MINING = "Mining"
    NON_PROFIT_ORGANIZATION = "Non-Profit Organization"
    PROFESSIONAL_SERVICES = "Professional Services"
    REAL_ESTATE_AND_CONSTRUCTION = "Real Estate and Construction"
    RETAIL = "Retail"
    SOFTWARE_AND_INTERNET = "Software and Internet"
    TELECOMMUNICATIONS = "Telecommunications"
    TRANSPORTATION_AND_LOGISTICS = "Transportation and Logistics"
    TRAVEL = "Travel"
    WHOLESALE_AND_DISTRIBUTION = "Wholesale and Distribution"
    OTHER = "Other"
}

/// Why the involvement that was requested from AWS changed.
enum InvolvementTypeChangeReason {
    EXPANSION_OPPORTUNITY = "Expansion Opportunity"
    CHANGE_IN_DEAL_INFORMATION = "Change in Deal Information"
    CUSTOMER_REQUESTED = "Customer Requested"
    TECHNICAL_COMPLEXITY = "Technical Complexity"
    RISK_MITIGATION = "Risk Mitigation"
}

/// Whether AWS or the partner brought the opportunity.
enum OpportunityOrigin {
    AWS_REFERRAL = "AWS Referral"
    PARTNER_REFERRAL = "Partner Referral"
}

/// Whether the opportunity is new business, a renewal or an expansion.
enum OpportunityType {
    NET_NEW_BUSINESS = "Net New Business"
    FLAT_RENEWAL = "Flat Renewal"
    EXPANSION = "Expansion"
}

/// How often an amount is due. None goes with a total contract value.
@alsoAccepts(["None"])
enum PaymentFrequency {
    MONTHLY = "Monthly"
}

/// The help a partner asks of AWS. The extra value is what the service itself stores for visibility only.
@alsoAccepts(["Do Not Need Support from AWS Sales Rep"])
enum PrimaryNeedFromAws {
    CO_SELL_ARCHITECTURAL_VALIDATION = "Co-Sell - Architectural Validation"
    CO_SELL_BUSINESS_PRESENTATION = "Co-Sell - Business Presentation"
    CO_SELL_COMPETITIVE_INFORMATION = "Co-Sell - Competitive Information"
    CO_SELL_PRICING_ASSISTANCE = "Co-Sell - Pricing Assistance"
    CO_SELL_TECHNICAL_CONSULTATION = "Co-Sell - Technical Consultation"
    CO_SELL_TOTAL_COST_OF_OWNERSHIP_EVALUATION = "Co-Sell - Total Cost of Ownership Evaluation"
    CO_SELL_DEAL_SUPPORT = "Co-Sell - Deal Support"
    CO_SELL_SUPPORT_FOR_PUBLIC_TENDER_RFX = "Co-Sell - Support for Public Tender / RFx"
}

/// The kind of resource that a snapshot shows.
enum ResourceType {
    OPPORTUNITY = "Opportunity"
}

/// Where the review stands. Only a draft, or one sent back, or an approved one can be edited.
enum ReviewStatus {
    PENDING_SUBMISSION = "Pending Submission"
    SUBMITTED = "Submitted"
    IN_REVIEW = "In review"
    APPROVED = "Approved"
    REJECTED = "Rejected"
    ACTION_REQUIRED = "Action Required"
}

/// A sales activity that has taken place with the customer.
enum SalesActivity {
    INITIALIZED_DISCUSSIONS_WITH_CUSTOMER = "Initialized discussions with customer"
    CUSTOMER_HAS_SHOWN_INTEREST_IN_SOLUTION = "Customer has shown interest in solution"
    CONDUCTED_POC_DEMO = "Conducted POC / Demo"
    IN_EVALUATION_PLANNING_STAGE = "In evaluation / planning stage"
    AGREED_ON_SOLUTION_TO_BUSINESS_PROBLEM = "Agreed on solution to Business Problem"
    COMPLETED_ACTION_PLAN = "Completed Action Plan"
    FINALIZED_DEPLOYMENT_NEED = "Finalized Deployment Need"
    SOW_SIGNED = "SOW Signed"
}

/// Whether the partner wants AWS's help or only informs AWS.
enum SalesInvolvementType {
    FOR_VISIBILITY_ONLY = "For Visibility Only"
    CO_SELL = "Co-Sell"
}

/// The direction of a sort.
enum SortOrder {
    ASCENDING
    DESCENDING
}

/// How far the sale is; the last two are final.
enum Stage {
    PROSPECT = "Prospect"
    QUALIFIED = "Qualified"
    TECHNICAL_VALIDATION = "Technical Validation"
    BUSINESS_VALIDATION = "Business Validation"
    COMMITTED = "Committed"
    LAUNCHED = "Launched"
    CLOSED_LOST = "Closed Lost"
}

/// Whether AWS's sales teams see all of the opportunity or only a part.
enum Visibility {
    FULL = "Full"
    LIMITED = "Limited"
}

@sensitive @length(max: 120) string AccountCompanyNameString
@length(max: 255) string AccountOtherIndustryString
@sensitive @length(max: 255) string AddressCityString
@sensitive string AddressPart
@sensitive @length(max: 20) string AddressPostalCodeString
@sensitive @length(max: 255) string AddressStreetAddressString

@sensitive
@pattern("((0|([1-9][0-9]{0,30}))(\\.[0-9]{0,2})?)?")
@expects("an amount such as 1200 or 1200.50")
string Amount

/// An account of twelve digits, or a short name such as aws for AWS itself.
@sensitive
@pattern("([0-9]{12}|\\w{1,12})")
@expects("a 12-digit account or a name of at most 12 letters, digits and underscores")
string AwsAccount

@pattern("arn:aws:aws-marketplace:[a-z]{1,2}-[a-z]*-\\d+:\\d{12}:AWSMarketplace/Offer/.*")
string AwsMarketplaceOfferIdentifier

@pattern("arn:aws:aws-marketplace:[a-z]{1,2}-[a-z]*-\\d+:\\d{12}:AWSMarketplace/OfferSet/offerset-.*")
string AwsMarketplaceOfferSetIdentifier

@length(min: 4, max: 2048) @pattern("arn:.*") string AwsMarketplaceProductArn
@length(min: 4, max: 2048) @pattern("arn:.*") string AwsMarketplaceSolutionIdentifier
@length(max: 255) string AwsMaturity
@sensitive @length(max: 255) string AwsOpportunityLifeCycleNextStepsString
string AwsProductIdentifier
@sensitive @length(max: 80) string AwsTeamMemberFirstNameString
@sensitive @length(max: 80) string AwsTeamMemberLastNameString

/// AWS is the real market; Sandbox is a world of its own for tests.
@onlyAccepts(["AWS", "Sandbox"]) @pattern("[a-zA-Z]+") string CatalogIdentifier

/// Chosen by the client, so that a repeated request takes effect once.
@pattern(".{1,255}") @expects("1 to 255 characters on one line") string ClientToken

@sensitive @length(min: 1, max: 120) string CompanyName

@sensitive @length(min: 4, max: 255)
@pattern("((http|https)://)??(www[.])??([a-zA-Z0-9]|-)+?([.][a-zA-Z0-9(-|/|=|?)??]+?)+?")
@expects("a web address such as https://example.com")
string CompanyWebsiteUrl

@sensitive @length(max: 80) string ContactFirstNameString
@sensitive @length(max: 80) string ContactLastNameString

/// A calendar day without a zone.
@pattern("[1-9][0-9]{3}-(0[1-9]|1[012])-(0[1-9]|[12][0-9]|3[01])")
@expects("a date such as 2026-12-31")
string Date

@sensitive @pattern("[0-9]{9}") @expects("9 digits") string DunsNumber

/// Lower case only, as the service has it.
@sensitive @length(max: 80)
@pattern("[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\\.)+[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
@expects("an e-mail address in lower case")
string Email

@pattern("(arn:.*|eng-[0-9a-z]{14})")
@expects("an engagement ARN or an identifier such as eng-0123456789abcd")
string EngagementArnOrIdentifier

@sensitive @length(min: 20, max: 2000) string EngagementCustomerBusinessProblem
@length(max: 255) string EngagementDescription

@pattern("eng-[0-9a-z]{14}")
@expects("an identifier such as eng-0123456789abcd")
string EngagementIdentifier

@length(min: 1, max: 255)
@pattern("(arn:.*|engi-[0-9a-z]{13})")
@expects("an invitation ARN or an identifier such as engi-0123456789abc")
string EngagementInvitationArnOrIdentifier

@pattern("engi-[0-9,a-z]{13}") string EngagementInvitationIdentifier
@length(max: 255) string EngagementScoreLevel
@length(max: 40) string EngagementTitle
@length(max: 255) string EngagementUseCase

@pattern("https://(calculator\\.aws|pricing\\.calculator\\.aws\\.eu)/#/estimate\\?id=[a-f0-9]{32,64}")
@expects("a share link of the AWS Pricing Calculator")
string EstimationUrl

@length(min: 1, max: 80) string ExpectedCustomerSpendTargetCompanyString
@sensitive @length(max: 80) string JobTitle
@sensitive @length(max: 10) string LeadCountryCode
@length(max: 255) string LeadIndustry
@length(max: 255) string LeadMarketSegment
@length(max: 255) string LeadSourceId
@length(max: 255) string LeadSourceName
@length(max: 255) string LeadSourceType
@sensitive @length(max: 255) string LeadWebsiteUrl
@sensitive @length(min: 1, max: 120) string MemberCompanyName

@sensitive
@pattern("(0|([1-9][0-9]{0,30}))(\\.[0-9]{0,2})?")
@expects("an amount such as 1200 or 1200.50")
string MonetaryAmount

@pattern("(0|([1-9][0-9]{0,30}))(\\.[0-9]{0,2})?")
@expects("an amount such as 1200 or 1200.50")
string MonetaryValueAmountString

@sensitive @length(max: 80) string Name
@pattern("O[0-9]{1,19}") @expects("O followed by 1 to 19 digits") string OpportunityIdentifier

@sensitive
@pattern("\\+[1-9]\\d{1,14}")
@expects("a phone number in E.164 form, such as +14155550100")
string PhoneNumber

@length(max: 255) string ProspectingAccountName
@length(max: 255) string ProspectingCompanySize
@length(max: 255) string ProspectingGeo
@length(max: 5000) string ProspectingPublicProfileSummary
@length(max: 255) string ProspectingRegion
@length(max: 255) string ProspectingSegment
@length(max: 255) string ProspectingSubIndustry
@length(max: 255) string ProspectingSubRegion

@pattern("task-[0-9a-z]{14}")
@expects("an identifier such as task-0123456789abcd")
string ProspectingTaskIdentifier

@pattern("O[0-9]{1,19}") @expects("O followed by 1 to 19 digits") string ResourceIdentifier

@pattern("job-[0-9a-z]{13}")
@expects("an identifier such as job-0123456789abc")
string ResourceSnapshotJobIdentifier

@pattern("S-[0-9]{1,19}") @expects("S- followed by 1 to 19 digits") string SolutionIdentifier

@length(min: 1, max: 128)
@pattern("([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)")
@expects("made of letters, digits, spaces and _ . : / = + - @")
string TagKey

@length(max: 256)
@pattern("([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)")
@expects("made of letters, digits, spaces and _ . : / = + - @")
string TagValue

@pattern("arn:.*") @expects("an ARN") string TaskArn
@length(min: 1, max: 128) string TaskName
@sensitive @length(min: 4, max: 255) string WebsiteUrl

/// A moment, in RFC 3339 with milliseconds.
@timestampFormat("date-time")
timestamp DateTime

@range(min: 0, max: 100) integer OpportunityQualityScoreInteger
@range(min: 1, max: 100) integer PageSize

/// AWS's advice on how and when to contact a lead. It is based on similar leads, not on this lead's history.
structure ChannelRecommendation {
    /// EMAIL or CALL; the service checks the value.
    @required RecommendedChannel: ChannelName
    BestOutreachWindows: BestOutreachWindowList
}

/// A time span of one weekday, start inclusive and end exclusive.
structure BestOutreachWindow {
    @required Day: DayOfWeek
    @required StartTimeUtc: UtcTimeOfDay
    @required EndTimeUtc: UtcTimeOfDay
}

@length(min: 1, max: 7) list BestOutreachWindowList { member: BestOutreachWindow }

/// A day of the week.
enum DayOfWeek {
    MONDAY
    TUESDAY
    WEDNESDAY
    THURSDAY
    FRIDAY
    SATURDAY
    SUNDAY
}

string ChannelName

@length(min: 5, max: 5)
@pattern("(?:[01][0-9]|2[0-3]):[0-5][0-9]")
@expects("a time of day such as 09:30")
string UtcTimeOfDay

// ---------------------------------------------------------------------------------------------------
// Errors

/// The caller is not allowed to do this.
@error("client")
structure AccessDeniedException {
    Message: String
    Reason: AccessDeniedExceptionErrorCode
}

/// Why access was denied, where a single rule says so.
enum AccessDeniedExceptionErrorCode {
    INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE
    SEARCH_OPPORTUNITIES_NOT_ENABLED
    SEARCH_OPPORTUNITIES_DATA_NOT_ROUTED_TO_DDB
    OPPORTUNITY_BULK_JOB_NOT_ENABLED
}

/// The request contradicts the current state of the resource, such as a later modification.
@error("client")
structure ConflictException {
    Message: String
}

/// The server failed. Its log has the cause.
@error("server")
structure InternalServerException {
    Message: String
}

/// The named resource does not exist, or the caller may not see it.
@error("client")
structure ResourceNotFoundException {
    Message: String
}

/// The request would exceed a limit on the number of resources.
@error("client")
structure ServiceQuotaExceededException {
    Message: String
}

/// The caller sends requests too fast.
@error("client")
structure ThrottlingException {
    Message: String
}

/// The request breaks a rule; the list names every violation.
@error("client")
structure ValidationException {
    @required Message: String
    @required Reason: ValidationExceptionReason
    ErrorList: ValidationExceptionErrorList
}

/// Whether the request breaks the contract of the shapes or a rule of the business.
enum ValidationExceptionReason {
    REQUEST_VALIDATION_FAILED
    BUSINESS_VALIDATION_FAILED
}

list ValidationExceptionErrorList { member: ValidationExceptionError }

/// One thing wrong with a request: where, what, and of which sort.
structure ValidationExceptionError {
    FieldName: String
    @required Message: String
    @required Code: ValidationExceptionErrorCode
}

/// The kinds of violation.
enum ValidationExceptionErrorCode {
    REQUIRED_FIELD_MISSING
    INVALID_ENUM_VALUE
    INVALID_STRING_FORMAT
    INVALID_VALUE
    NOT_ENOUGH_VALUES
    TOO_MANY_VALUES
    INVALID_RESOURCE_STATE
    DUPLICATE_KEY_VALUE
    VALUE_OUT_OF_RANGE
    ACTION_NOT_PERMITTED
}
