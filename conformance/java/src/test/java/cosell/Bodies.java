package cosell;

import software.amazon.awssdk.services.partnercentralselling.model.*;

/** Requests and contexts that are complete enough for every later step. */
final class Bodies {
  static final String CATALOG = "Sandbox";

  private Bodies() {}

  /** Returns an opportunity that can be submitted. */
  static CreateOpportunityRequest opportunity() {
    return CreateOpportunityRequest.builder().catalog(CATALOG).origin("Partner Referral")
        .opportunityType("Net New Business").primaryNeedsFromAwsWithStrings("Co-Sell - Pricing Assistance")
        .customer(c -> c.account(a -> a.companyName("Müller & Söhne").industry("Agriculture")
            .websiteUrl("https://farms.example.com")
            .address(d -> d.countryCode("US").postalCode("10001").stateOrRegion("New York"))))
        .project(p -> p.title("Harvest").customerBusinessProblem("They count their sheep by hand, every day.")
            .customerUseCase("Database").deliveryModelsWithStrings("SaaS or PaaS")
            .salesActivitiesWithStrings("Conducted POC / Demo").otherSolutionDescription("Our platform")
            .expectedCustomerSpend(Bodies::spend))
        .lifeCycle(l -> l.stage("Prospect").targetCloseDate("2049-10-05"))
        .marketing(m -> m.source("None"))
        .tags(t -> t.key("team").value("north"))
        .build();
  }

  private static void spend(ExpectedCustomerSpend.Builder s) {
    s.amount("12500.50").currencyCode("USD").frequency("Monthly").targetCompany("AWS");
  }

  private static void customer(EngagementCustomer.Builder c) {
    c.companyName("Acme Farms").industry("Agriculture").websiteUrl("https://farms.example.com").countryCode("US");
  }

  /** Returns the context of an engagement about a project. */
  static EngagementContextDetails customerProject() {
    return EngagementContextDetails.builder().type("CustomerProject")
        .payload(p -> p.customerProject(c -> c.customer(Bodies::customer))).build();
  }

  static LeadCustomer leadCustomer() {
    return LeadCustomer.builder().companyName("Acme Farms").industry("Agriculture")
        .address(a -> a.countryCode("US")).build();
  }

  static LeadInteraction interaction(String action) {
    return LeadInteraction.builder().sourceType("Event").sourceId("fair-26").sourceName("Farm fair")
        .usecase("Database").customerAction(action).businessProblem("They count their sheep by hand.")
        .contact(c -> c.businessTitle("CTO").email("sam.hill@farms.example.com").firstName("Sam").lastName("Hill"))
        .build();
  }

  /** Returns the context of an engagement about a lead. */
  static EngagementContextDetails lead() {
    return EngagementContextDetails.builder().type("Lead")
        .payload(p -> p.lead(l -> l.customer(leadCustomer()).interactions(interaction("Asked for a call")))).build();
  }

  /** Returns an invitation of another account to work on an opportunity. */
  static Invitation invitation(Partner receiver) {
    return Invitation.builder().message("Join us")
        .receiver(r -> r.account(a -> a.awsAccountId(receiver.account)))
        .payload(p -> p.opportunityInvitation(o -> o.receiverResponsibilitiesWithStrings("Distributor")
            .customer(Bodies::customer)
            .project(j -> j.title("Harvest").businessProblem("They count their sheep by hand.")
                .targetCompletionDate("2049-10-04").expectedCustomerSpend(Bodies::spend))))
        .build();
  }
}
