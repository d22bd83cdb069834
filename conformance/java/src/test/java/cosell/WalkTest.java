package cosell;

import static cosell.Bodies.CATALOG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.partnercentralselling.PartnerCentralSellingClient;
import software.amazon.awssdk.services.partnercentralselling.model.*;

/** Calls every operation that the client knows. */
class WalkTest {
  private static final String SOLUTION = "S-1234567";

  private final Partner sender = new Partner();
  private final Partner receiver = new Partner();
  private final PartnerCentralSellingClient partner = sender.client;

  @Test
  void everyOperationIsAnswered() {
    opportunities();
    tags();
    tasks();
    engagements();
    invitations();
    snapshots();
    snapshotJobs();
    settings();
    assertEquals(Partner.known(), Partner.ANSWERED, "operations that the client knows, and those that were answered");
  }

  @Test
  void anErrorIsItsOwnException() {
    ValidationException refused = assertThrows(ValidationException.class, () -> partner.createOpportunity(r ->
        r.catalog(CATALOG).lifeCycle(l -> l.targetCloseDate("tomorrow"))));
    assertEquals(ValidationExceptionReason.REQUEST_VALIDATION_FAILED, refused.reason());
    assertEquals(List.of("lifeCycle.targetCloseDate"),
        refused.errorList().stream().map(ValidationExceptionError::fieldName).toList());
    assertThrows(ResourceNotFoundException.class, () -> get("O1"));
  }

  @Test
  void thePaginatorWalksAllPages() {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      made.add(0, partner.createOpportunity(r -> r.catalog(CATALOG)).id());
    }
    var pages = partner.listOpportunitiesPaginator(r -> r.catalog(CATALOG).maxResults(2));
    assertEquals(3, pages.stream().count());
    assertEquals(made, pages.opportunitySummaries().stream().map(OpportunitySummary::id).toList());
  }

  private GetOpportunityResponse get(String id) {
    return partner.getOpportunity(r -> r.catalog(CATALOG).identifier(id));
  }

  private void opportunities() {
    String id = partner.createOpportunity(Bodies.opportunity()).id();
    GetOpportunityResponse got = get(id);
    assertEquals("Müller & Söhne", got.customer().account().companyName());
    partner.updateOpportunity(r -> r.catalog(CATALOG).identifier(id).lastModifiedDate(got.lastModifiedDate())
        .opportunityType(got.opportunityType()).primaryNeedsFromAws(got.primaryNeedsFromAws())
        .customer(got.customer()).project(got.project()).marketing(got.marketing())
        .lifeCycle(got.lifeCycle().toBuilder().nextSteps("Sign").build()));
    assertEquals("Sign", get(id).lifeCycle().nextSteps());
    assertEquals(List.of(id), partner.listOpportunities(r -> r.catalog(CATALOG)).opportunitySummaries().stream()
        .map(OpportunitySummary::id).toList());

    assertEquals(List.of(SOLUTION), partner.listSolutions(r -> r.catalog(CATALOG)).solutionSummaries().stream()
        .map(SolutionBase::id).toList());
    partner.associateOpportunity(r -> r.catalog(CATALOG).opportunityIdentifier(id)
        .relatedEntityType("Solutions").relatedEntityIdentifier(SOLUTION));
    assertEquals(List.of(SOLUTION), get(id).relatedEntityIdentifiers().solutions());
    partner.disassociateOpportunity(r -> r.catalog(CATALOG).opportunityIdentifier(id)
        .relatedEntityType("Solutions").relatedEntityIdentifier(SOLUTION));
    assertEquals(List.of(), get(id).relatedEntityIdentifiers().solutions());

    partner.assignOpportunity(r -> r.catalog(CATALOG).identifier(id).assignee(a -> a.email("kim@example.com")
        .firstName("Kim").lastName("Berg").businessTitle("OpportunityOwner")));
    assertEquals("kim@example.com", get(id).opportunityTeam().get(0).email());
    partner.submitOpportunity(r -> r.catalog(CATALOG).identifier(id).involvementType("Co-Sell").visibility("Full"));
    assertEquals(ReviewStatus.SUBMITTED, get(id).lifeCycle().reviewStatus());
    assertEquals(id, partner.getAwsOpportunitySummary(r -> r.catalog(CATALOG).relatedOpportunityIdentifier(id))
        .relatedOpportunityId());
  }

  private void tags() {
    String arn = get(partner.createOpportunity(Bodies.opportunity()).id()).arn();
    partner.tagResource(r -> r.resourceArn(arn).tags(Tag.builder().key("région").value("Île").build()));
    partner.untagResource(r -> r.resourceArn(arn).tagKeys("team"));
    assertEquals(List.of(Tag.builder().key("région").value("Île").build()),
        partner.listTagsForResource(r -> r.resourceArn(arn)).tags());
  }

  private void tasks() {
    String deal = partner.createOpportunity(Bodies.opportunity()).id();
    var submitted = partner.startEngagementFromOpportunityTask(r -> r.catalog(CATALOG).identifier(deal)
        .awsSubmission(s -> s.involvementType("Co-Sell").visibility("Full")));
    assertEquals(TaskStatus.COMPLETE, submitted.taskStatus(), submitted.message());
    assertEquals(submitted.taskId(), partner.listEngagementFromOpportunityTasks(r -> r.catalog(CATALOG))
        .taskSummaries().get(0).taskId());

    String invitation = invite(submitted.engagementId());
    var accepted = receiver.client.startEngagementByAcceptingInvitationTask(r ->
        r.catalog(CATALOG).identifier(invitation));
    assertEquals(TaskStatus.COMPLETE, accepted.taskStatus(), accepted.message());
    assertEquals(accepted.taskId(), receiver.client.listEngagementByAcceptingInvitationTasks(r -> r.catalog(CATALOG))
        .taskSummaries().get(0).taskId());

    String lead = engagement(Bodies.lead());
    var converted = partner.startOpportunityFromEngagementTask(r -> r.catalog(CATALOG).identifier(lead)
        .contextIdentifier("1"));
    assertEquals(TaskStatus.COMPLETE, converted.taskStatus(), converted.message());
    assertEquals(converted.taskId(), partner.listOpportunityFromEngagementTasks(r -> r.catalog(CATALOG))
        .taskSummaries().get(0).taskId());
  }

  private String engagement(EngagementContextDetails context) {
    return partner.createEngagement(r -> r.catalog(CATALOG).title("Farms").description("Sheep and more")
        .contexts(context)).id();
  }

  private String invite(String engagement) {
    return partner.createEngagementInvitation(r -> r.catalog(CATALOG).engagementIdentifier(engagement)
        .invitation(Bodies.invitation(receiver))).id();
  }

  private void engagements() {
    String id = engagement(Bodies.lead());
    EngagementContextDetails project = Bodies.customerProject();
    var added = partner.createEngagementContext(r -> r.catalog(CATALOG).engagementIdentifier(id)
        .type(project.type()).payload(project.payload()));
    assertEquals("2", added.contextId());
    partner.updateEngagementContext(r -> r.catalog(CATALOG).engagementIdentifier(id).contextIdentifier("1")
        .type("Lead").engagementLastModifiedAt(added.engagementLastModifiedAt())
        .payload(p -> p.lead(l -> l.qualificationStatus("Qualified").customer(Bodies.leadCustomer())
            .interaction(Bodies.interaction("Called back")))));
    var got = partner.getEngagement(r -> r.catalog(CATALOG).identifier(id));
    assertEquals(List.of("Lead", "CustomerProject"),
        got.contexts().stream().map(EngagementContextDetails::typeAsString).toList());
    assertEquals("Qualified", got.contexts().get(0).payload().lead().qualificationStatus());
    assertEquals(2, got.contexts().get(0).payload().lead().interactions().size());
    assertEquals(id, partner.listEngagements(r -> r.catalog(CATALOG)).engagementSummaryList().get(0).id());
  }

  private void invitations() {
    String id = engagement(Bodies.customerProject());
    String refused = invite(id);
    receiver.client.rejectEngagementInvitation(r -> r.catalog(CATALOG).identifier(refused).rejectionReason("Other"));
    assertEquals(InvitationStatus.REJECTED,
        partner.getEngagementInvitation(r -> r.catalog(CATALOG).identifier(refused)).status());
    String welcome = invite(id);
    var got = receiver.client.getEngagementInvitation(r -> r.catalog(CATALOG).identifier(welcome));
    assertEquals("Harvest", got.payload().opportunityInvitation().project().title());
    receiver.client.acceptEngagementInvitation(r -> r.catalog(CATALOG).identifier(welcome));
    assertTrue(partner.listEngagementInvitations(r -> r.catalog(CATALOG).participantType("SENDER"))
        .engagementInvitationSummaries().stream()
        .anyMatch(row -> row.id().equals(welcome) && row.status() == InvitationStatus.ACCEPTED));
    assertEquals(2, partner.listEngagementMembers(r -> r.catalog(CATALOG).identifier(id))
        .engagementMemberList().size());
  }

  private static final String VIEW = "OpportunitySummaryView";

  private void snapshots() {
    String id = engagement(Bodies.customerProject());
    String deal = partner.createOpportunity(Bodies.opportunity()).id();
    var made = partner.createResourceSnapshot(r -> r.catalog(CATALOG).engagementIdentifier(id)
        .resourceType("Opportunity").resourceIdentifier(deal).resourceSnapshotTemplateIdentifier(VIEW));
    assertEquals(1, made.revision());
    var got = partner.getResourceSnapshot(r -> r.catalog(CATALOG).engagementIdentifier(id)
        .resourceType("Opportunity").resourceIdentifier(deal).resourceSnapshotTemplateIdentifier(VIEW));
    assertEquals("Database", got.payload().opportunitySummary().project().customerUseCase());
    assertEquals(deal, partner.listResourceSnapshots(r -> r.catalog(CATALOG).engagementIdentifier(id))
        .resourceSnapshotSummaries().get(0).resourceId());
    assertEquals(id, partner.listEngagementResourceAssociations(r -> r.catalog(CATALOG).resourceIdentifier(deal))
        .engagementResourceAssociationSummaries().get(0).engagementId());
  }

  private void snapshotJobs() {
    String id = engagement(Bodies.customerProject());
    String deal = partner.createOpportunity(Bodies.opportunity()).id();
    String job = partner.createResourceSnapshotJob(r -> r.catalog(CATALOG).engagementIdentifier(id)
        .resourceType("Opportunity").resourceIdentifier(deal).resourceSnapshotTemplateIdentifier(VIEW)).id();
    assertEquals(ResourceSnapshotJobStatus.STOPPED, job(job).status());
    partner.startResourceSnapshotJob(r -> r.catalog(CATALOG).resourceSnapshotJobIdentifier(job));
    assertEquals(job, partner.listResourceSnapshotJobs(r -> r.catalog(CATALOG).status("Running"))
        .resourceSnapshotJobSummaries().stream().map(ResourceSnapshotJobSummary::id)
        .filter(job::equals).findFirst().orElse(""));
    partner.stopResourceSnapshotJob(r -> r.catalog(CATALOG).resourceSnapshotJobIdentifier(job));
    assertEquals(ResourceSnapshotJobStatus.STOPPED, job(job).status());
    partner.deleteResourceSnapshotJob(r -> r.catalog(CATALOG).resourceSnapshotJobIdentifier(job));
    assertThrows(ResourceNotFoundException.class, () -> job(job));
  }

  private GetResourceSnapshotJobResponse job(String id) {
    return partner.getResourceSnapshotJob(r -> r.catalog(CATALOG).resourceSnapshotJobIdentifier(id));
  }

  private void settings() {
    partner.putSellingSystemSettings(r -> r.catalog(CATALOG).resourceSnapshotJobRoleIdentifier("Snapshots"));
    assertEquals("arn:aws:iam::" + sender.account + ":role/Snapshots",
        partner.getSellingSystemSettings(r -> r.catalog(CATALOG)).resourceSnapshotJobRoleArn());
  }
}
