//! Requests and contexts that are complete enough for every later step.

use aws_sdk_partnercentralselling::{
    operation::create_opportunity::builders::CreateOpportunityFluentBuilder, types::*, Client,
};

pub const CATALOG: &str = "Sandbox";

/// An opportunity that can be submitted.
pub fn opportunity(client: &Client) -> CreateOpportunityFluentBuilder {
    let address = Address::builder().country_code(CountryCode::Us).postal_code("10001").state_or_region("New York").build();
    let account = Account::builder()
        .company_name("Müller & Söhne")
        .industry(Industry::Agriculture)
        .website_url("https://farms.example.com")
        .address(address)
        .build()
        .unwrap();
    let project = Project::builder()
        .title("Harvest")
        .customer_business_problem("They count their sheep by hand, every day.")
        .customer_use_case("Database")
        .delivery_models(DeliveryModel::SaasOrPaas)
        .sales_activities(SalesActivity::ConductedPocDemo)
        .other_solution_description("Our platform")
        .expected_customer_spend(spend())
        .build();
    client
        .create_opportunity()
        .catalog(CATALOG)
        .origin(OpportunityOrigin::PartnerReferral)
        .opportunity_type(OpportunityType::NetNewBusiness)
        .primary_needs_from_aws(PrimaryNeedFromAws::CoSellPricingAssistance)
        .customer(Customer::builder().account(account).build())
        .project(project)
        .life_cycle(LifeCycle::builder().stage(Stage::Prospect).target_close_date("2049-10-05").build())
        .marketing(Marketing::builder().source(MarketingSource::None).build())
        .tags(tag("team", "north"))
}

pub fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().unwrap()
}

fn spend() -> ExpectedCustomerSpend {
    ExpectedCustomerSpend::builder()
        .amount("12500.50")
        .currency_code(CurrencyCode::Usd)
        .frequency(PaymentFrequency::Monthly)
        .target_company("AWS")
        .build()
        .unwrap()
}

fn customer() -> EngagementCustomer {
    EngagementCustomer::builder()
        .company_name("Acme Farms")
        .industry(Industry::Agriculture)
        .website_url("https://farms.example.com")
        .country_code(CountryCode::Us)
        .build()
        .unwrap()
}

/// What an engagement about a project holds.
pub fn customer_project() -> EngagementContextPayload {
    EngagementContextPayload::CustomerProject(CustomerProjectsContext::builder().customer(customer()).build())
}

pub fn lead_customer() -> LeadCustomer {
    LeadCustomer::builder()
        .company_name("Acme Farms")
        .industry(Industry::Agriculture.as_str())
        .address(LeadAddress::builder().country_code(CountryCode::Us.as_str()).build())
        .build()
        .unwrap()
}

pub fn interaction(action: &str) -> LeadInteraction {
    let contact = LeadContact::builder()
        .business_title("CTO")
        .email("sam.hill@farms.example.com")
        .first_name("Sam")
        .last_name("Hill")
        .build()
        .unwrap();
    LeadInteraction::builder()
        .source_type("Event")
        .source_id("fair-26")
        .source_name("Farm fair")
        .usecase("Database")
        .customer_action(action)
        .business_problem("They count their sheep by hand.")
        .contact(contact)
        .build()
}

/// What an engagement about a lead holds.
pub fn lead() -> EngagementContextPayload {
    let lead = LeadContext::builder().customer(lead_customer()).interactions(interaction("Asked for a call"));
    EngagementContextPayload::Lead(lead.build().unwrap())
}

/// An invitation of another account to work on an opportunity.
pub fn invitation(receiver: &str) -> Invitation {
    let project = ProjectDetails::builder()
        .title("Harvest")
        .business_problem("They count their sheep by hand.")
        .target_completion_date("2049-10-04")
        .expected_customer_spend(spend())
        .build()
        .unwrap();
    let payload = OpportunityInvitationPayload::builder()
        .receiver_responsibilities(ReceiverResponsibility::Distributor)
        .customer(customer())
        .project(project)
        .build()
        .unwrap();
    Invitation::builder()
        .message("Join us")
        .receiver(Receiver::Account(AccountReceiver::builder().aws_account_id(receiver).build().unwrap()))
        .payload(Payload::OpportunityInvitation(payload))
        .build()
        .unwrap()
}
