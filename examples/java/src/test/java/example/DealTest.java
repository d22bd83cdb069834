package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.partnercentralselling.PartnerCentralSellingClient;
import software.amazon.awssdk.services.partnercentralselling.model.*;

class DealTest {
  @RegisterExtension static final Cosell cosell = new Cosell();
  private static final String CATALOG = "Sandbox";
  private static final String ACCOUNT = "111122223333";

  private final PartnerCentralSellingClient partner = cosell.partner(ACCOUNT);

  private String draft() {
    return partner.createOpportunity(r -> r.catalog(CATALOG).clientToken("1").origin("Partner Referral")
        .opportunityType("Net New Business").primaryNeedsFromAwsWithStrings("Co-Sell - Pricing Assistance")
        .customer(c -> c.account(a -> a.companyName("Example Corp").industry("Financial Services")
            .websiteUrl("https://www.example.com")
            .address(d -> d.countryCode("US").postalCode("10001").stateOrRegion("New York"))))
        .project(p -> p.title("Data lake").customerBusinessProblem("Their reports reach the business too late.")
            .customerUseCase("Database").deliveryModelsWithStrings("SaaS or PaaS")
            .salesActivitiesWithStrings("Conducted POC / Demo").otherSolutionDescription("Our platform")
            .expectedCustomerSpend(s -> s.amount("100.00").currencyCode("USD").frequency("Monthly").targetCompany("AWS")))
        .lifeCycle(l -> l.stage("Prospect").targetCloseDate("2035-06-30"))
        .marketing(m -> m.source("None"))).id();
  }

  private String status(String deal) {
    return partner.getOpportunity(r -> r.catalog(CATALOG).identifier(deal)).lifeCycle().reviewStatusAsString();
  }

  @Test
  void aDealIsApproved() throws Exception {
    String deal = draft();
    partner.startEngagementFromOpportunityTask(r -> r.catalog(CATALOG).clientToken("2").identifier(deal)
        .awsSubmission(s -> s.involvementType("Co-Sell").visibility("Full")));
    assertEquals("Submitted", status(deal));
    cosell.operator("POST", "/opportunities/" + deal + "/review?account=" + ACCOUNT + "&catalog=" + CATALOG,
        "{\"decision\":\"Approve\"}");
    assertEquals("Approved", status(deal));
  }

  @Test
  void aRepeatedTokenCreatesOneDeal() {
    assertEquals(draft(), draft());
    assertEquals(1, partner.listOpportunities(r -> r.catalog(CATALOG)).opportunitySummaries().size());
  }

  @Test
  void everyGapOfAThinDraftIsNamed() {
    String deal = partner.createOpportunity(r -> r.catalog(CATALOG).clientToken("1")).id();
    ValidationException refused = assertThrows(ValidationException.class, () ->
        partner.submitOpportunity(r -> r.catalog(CATALOG).identifier(deal).involvementType("Co-Sell").visibility("Full")));
    List<String> fields = refused.errorList().stream().map(ValidationExceptionError::fieldName).toList();
    assertTrue(fields.contains("project.title"), fields.toString());
  }

  @Test
  void aReferralExpires() throws Exception {
    String deal = Files.readString(Path.of("../opportunity.json"));
    cosell.operator("POST", "/referrals",
        "{\"account\":\"" + ACCOUNT + "\",\"catalog\":\"Sandbox\",\"opportunity\":" + deal + "}");
    cosell.operator("POST", "/clock", "{\"advance\":\"360h\"}");
    assertEquals("EXPIRED", partner.listEngagementInvitations(r -> r.catalog(CATALOG).participantType("RECEIVER"))
        .engagementInvitationSummaries().get(0).statusAsString());
  }
}
