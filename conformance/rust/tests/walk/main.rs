//! Calls every operation that the client knows.

mod bodies;
mod partner;

use aws_sdk_partnercentralselling::{
    error::ProvideErrorMetadata, operation::get_opportunity::GetOpportunityOutput, types::*, Client,
};
use bodies::CATALOG;
use partner::Answered;
use std::time::{Duration, Instant};

const SOLUTION: &str = "S-1234567";
const VIEW: &str = "OpportunitySummaryView";

/// Two partners; the first one makes everything.
struct Walk {
    account: String,
    partner: Client,
    stranger: String,
    receiver: Client,
    answered: Answered,
}

#[tokio::test]
async fn every_operation_is_answered() {
    let walk = Walk::new();
    walk.opportunities().await;
    walk.tags().await;
    walk.tasks().await;
    walk.engagements().await;
    walk.invitations().await;
    walk.snapshots().await;
    walk.snapshot_jobs().await;
    walk.prospecting().await;
    walk.settings().await;
    let known = partner::known();
    assert!(known.len() > 40, "{known:?}");
    assert_eq!(*walk.answered.lock().unwrap(), known);
}

#[tokio::test]
async fn an_error_is_its_own_type() {
    let walk = Walk::new();
    let late = LifeCycle::builder().target_close_date("tomorrow").build();
    let refused = walk.partner.create_opportunity().catalog(CATALOG).life_cycle(late).send().await.unwrap_err();
    let refused = refused.into_service_error();
    assert!(refused.is_validation_exception(), "{refused:?}");
    let aws_sdk_partnercentralselling::operation::create_opportunity::CreateOpportunityError::ValidationException(
        refused,
    ) = refused
    else {
        unreachable!()
    };
    assert_eq!(*refused.reason(), ValidationExceptionReason::RequestValidationFailed);
    assert_eq!(refused.error_list()[0].field_name(), Some("lifeCycle.targetCloseDate"));

    let missing = walk.partner.get_opportunity().catalog(CATALOG).identifier("O1").send().await.unwrap_err();
    let missing = missing.into_service_error();
    assert!(missing.is_resource_not_found_exception(), "{missing:?}");
    assert_eq!(missing.code(), Some("ResourceNotFoundException"));
}

#[tokio::test]
async fn the_paginator_walks_all_pages() {
    let walk = Walk::new();
    let mut made = vec![];
    for _ in 0..5 {
        made.insert(0, walk.partner.create_opportunity().catalog(CATALOG).send().await.unwrap().id);
    }
    let mut pages = walk.partner.list_opportunities().catalog(CATALOG).into_paginator().page_size(2).send();
    let mut found = vec![];
    while let Some(page) = pages.next().await {
        let rows = page.unwrap().opportunity_summaries;
        assert!(rows.len() <= 2);
        found.extend(rows.into_iter().filter_map(|row| row.id));
    }
    assert_eq!(found, made);
}

impl Walk {
    fn new() -> Self {
        let (account, stranger, answered) = (partner::account(), partner::account(), Answered::default());
        let (partner, receiver) = (partner::client(&account, &answered), partner::client(&stranger, &answered));
        Walk { account, partner, stranger, receiver, answered }
    }

    async fn get(&self, id: &str) -> GetOpportunityOutput {
        self.partner.get_opportunity().catalog(CATALOG).identifier(id).send().await.unwrap()
    }

    async fn draft(&self) -> String {
        bodies::opportunity(&self.partner).send().await.unwrap().id
    }

    async fn engagement(&self, context: EngagementContextPayload) -> String {
        let kind = match context {
            EngagementContextPayload::Lead(_) => EngagementContextType::Lead,
            _ => EngagementContextType::CustomerProject,
        };
        let context = EngagementContextDetails::builder().r#type(kind).payload(context).build().unwrap();
        let made = self.partner.create_engagement().catalog(CATALOG).title("Farms").description("Sheep and more");
        made.contexts(context).send().await.unwrap().id.unwrap()
    }

    async fn invite(&self, engagement: &str) -> String {
        let invitation = bodies::invitation(&self.stranger);
        let call = self.partner.create_engagement_invitation().catalog(CATALOG).engagement_identifier(engagement);
        call.invitation(invitation).send().await.unwrap().id
    }

    async fn opportunities(&self) {
        let p = &self.partner;
        let id = self.draft().await;
        let got = self.get(&id).await;
        assert_eq!(got.customer().unwrap().account().unwrap().company_name(), "Müller & Söhne");
        let mut life_cycle = got.life_cycle.unwrap();
        life_cycle.next_steps = Some("Sign".into());
        p.update_opportunity()
            .catalog(CATALOG)
            .identifier(&id)
            .last_modified_date(got.last_modified_date)
            .set_opportunity_type(got.opportunity_type)
            .set_primary_needs_from_aws(got.primary_needs_from_aws)
            .set_customer(got.customer)
            .set_project(got.project)
            .set_marketing(got.marketing)
            .life_cycle(life_cycle)
            .send()
            .await
            .unwrap();
        assert_eq!(self.get(&id).await.life_cycle().unwrap().next_steps(), Some("Sign"));
        let list = p.list_opportunities().catalog(CATALOG).send().await.unwrap();
        assert_eq!(list.opportunity_summaries().iter().map(|row| row.id()).collect::<Vec<_>>(), [Some(id.as_str())]);
        self.solutions(&id).await;

        let owner = AssigneeContact::builder().email("kim@example.com").first_name("Kim").last_name("Berg");
        let owner = owner.business_title("OpportunityOwner").build().unwrap();
        p.assign_opportunity().catalog(CATALOG).identifier(&id).assignee(owner).send().await.unwrap();
        assert_eq!(self.get(&id).await.opportunity_team()[0].email(), Some("kim@example.com"));
        let submission = p.submit_opportunity().catalog(CATALOG).identifier(&id).visibility(Visibility::Full);
        submission.involvement_type(SalesInvolvementType::CoSell).send().await.unwrap();
        assert_eq!(self.get(&id).await.life_cycle().unwrap().review_status(), Some(&ReviewStatus::Submitted));
        let side = p.get_aws_opportunity_summary().catalog(CATALOG).related_opportunity_identifier(&id);
        assert_eq!(side.send().await.unwrap().related_opportunity_id(), Some(id.as_str()));
    }

    async fn solutions(&self, id: &str) {
        let p = &self.partner;
        let found = p.list_solutions().catalog(CATALOG).send().await.unwrap();
        assert_eq!(found.solution_summaries().iter().map(|row| row.id()).collect::<Vec<_>>(), [SOLUTION]);
        let solutions = || async { self.get(id).await.related_entity_identifiers.unwrap().solutions.unwrap_or_default() };
        let link = p.associate_opportunity().catalog(CATALOG).opportunity_identifier(id);
        let link = link.related_entity_type(RelatedEntityType::Solutions).related_entity_identifier(SOLUTION);
        link.send().await.unwrap();
        assert_eq!(solutions().await, [SOLUTION]);
        let link = p.disassociate_opportunity().catalog(CATALOG).opportunity_identifier(id);
        let link = link.related_entity_type(RelatedEntityType::Solutions).related_entity_identifier(SOLUTION);
        link.send().await.unwrap();
        assert!(solutions().await.is_empty());
    }

    async fn tags(&self) {
        let p = &self.partner;
        let arn = self.get(&self.draft().await).await.arn.unwrap();
        p.tag_resource().resource_arn(&arn).tags(bodies::tag("région", "Île")).send().await.unwrap();
        p.untag_resource().resource_arn(&arn).tag_keys("team").send().await.unwrap();
        let got = p.list_tags_for_resource().resource_arn(&arn).send().await.unwrap();
        assert_eq!(got.tags(), [bodies::tag("région", "Île")]);
    }

    async fn tasks(&self) {
        let (p, deal) = (&self.partner, self.draft().await);
        let submission = AwsSubmission::builder()
            .involvement_type(SalesInvolvementType::CoSell)
            .visibility(Visibility::Full)
            .build()
            .unwrap();
        let call = p.start_engagement_from_opportunity_task().catalog(CATALOG).identifier(deal);
        let task = call.aws_submission(submission).send().await.unwrap();
        assert_eq!(task.task_status, Some(TaskStatus::Complete), "{task:?}");
        let list = p.list_engagement_from_opportunity_tasks().catalog(CATALOG).send().await.unwrap();
        assert_eq!(list.task_summaries()[0].task_id(), task.task_id());

        let (r, invitation) = (&self.receiver, self.invite(task.engagement_id().unwrap()).await);
        let call = r.start_engagement_by_accepting_invitation_task().catalog(CATALOG).identifier(invitation);
        let task = call.send().await.unwrap();
        assert_eq!(task.task_status, Some(TaskStatus::Complete), "{task:?}");
        let list = r.list_engagement_by_accepting_invitation_tasks().catalog(CATALOG).send().await.unwrap();
        assert_eq!(list.task_summaries()[0].task_id(), task.task_id());

        let lead = self.engagement(bodies::lead()).await;
        let call = p.start_opportunity_from_engagement_task().catalog(CATALOG).identifier(lead).context_identifier("1");
        let task = call.send().await.unwrap();
        assert_eq!(task.task_status, Some(TaskStatus::Complete), "{task:?}");
        let list = p.list_opportunity_from_engagement_tasks().catalog(CATALOG).send().await.unwrap();
        assert_eq!(list.task_summaries()[0].task_id(), task.task_id());
    }

    async fn engagements(&self) {
        let (p, id) = (&self.partner, self.engagement(bodies::lead()).await);
        let call = p.create_engagement_context().catalog(CATALOG).engagement_identifier(&id);
        let call = call.r#type(EngagementContextType::CustomerProject).payload(bodies::customer_project());
        let added = call.send().await.unwrap();
        assert_eq!(added.context_id(), Some("2"));
        let lead = UpdateLeadContext::builder()
            .qualification_status("Qualified")
            .customer(bodies::lead_customer())
            .interaction(bodies::interaction("Called back"))
            .build();
        p.update_engagement_context()
            .catalog(CATALOG)
            .engagement_identifier(&id)
            .context_identifier("1")
            .r#type(EngagementContextType::Lead)
            .set_engagement_last_modified_at(added.engagement_last_modified_at)
            .payload(UpdateEngagementContextPayload::Lead(lead))
            .send()
            .await
            .unwrap();
        let got = p.get_engagement().catalog(CATALOG).identifier(&id).send().await.unwrap();
        assert_eq!(got.contexts().len(), 2);
        let lead = got.contexts()[0].payload().unwrap().as_lead().unwrap();
        assert_eq!((lead.qualification_status(), lead.interactions().len()), ("Qualified", 2));
        let list = p.list_engagements().catalog(CATALOG).send().await.unwrap();
        assert_eq!(list.engagement_summary_list()[0].id(), Some(id.as_str()));
    }

    async fn invitations(&self) {
        let (p, r, id) = (&self.partner, &self.receiver, self.engagement(bodies::customer_project()).await);
        let refused = self.invite(&id).await;
        let call = r.reject_engagement_invitation().catalog(CATALOG).identifier(&refused);
        call.rejection_reason("Other").send().await.unwrap();
        let got = p.get_engagement_invitation().catalog(CATALOG).identifier(&refused).send().await.unwrap();
        assert_eq!(got.status, Some(InvitationStatus::Rejected));

        let welcome = self.invite(&id).await;
        let got = r.get_engagement_invitation().catalog(CATALOG).identifier(&welcome).send().await.unwrap();
        let Some(Payload::OpportunityInvitation(payload)) = got.payload else { panic!("{got:?}") };
        assert_eq!(payload.project().unwrap().title(), "Harvest");
        r.accept_engagement_invitation().catalog(CATALOG).identifier(&welcome).send().await.unwrap();
        let call = p.list_engagement_invitations().catalog(CATALOG).participant_type(ParticipantType::Sender);
        let list = call.status(InvitationStatus::Accepted).send().await.unwrap();
        assert!(list.engagement_invitation_summaries().iter().any(|row| row.id() == welcome));
        let members = p.list_engagement_members().catalog(CATALOG).identifier(&id).send().await.unwrap();
        assert_eq!(members.engagement_member_list().len(), 2);
    }

    async fn snapshots(&self) {
        let p = &self.partner;
        let (id, deal) = (self.engagement(bodies::customer_project()).await, self.draft().await);
        let call = p.create_resource_snapshot().catalog(CATALOG).engagement_identifier(&id).resource_identifier(&deal);
        let call = call.resource_type(ResourceType::Opportunity).resource_snapshot_template_identifier(VIEW);
        assert_eq!(call.send().await.unwrap().revision(), Some(1));
        let call = p.get_resource_snapshot().catalog(CATALOG).engagement_identifier(&id).resource_identifier(&deal);
        let call = call.resource_type(ResourceType::Opportunity).resource_snapshot_template_identifier(VIEW);
        let got = call.send().await.unwrap();
        let view = got.payload().unwrap().as_opportunity_summary().unwrap();
        assert_eq!(view.project().unwrap().customer_use_case(), Some("Database"));
        let list = p.list_resource_snapshots().catalog(CATALOG).engagement_identifier(&id).send().await.unwrap();
        assert_eq!(list.resource_snapshot_summaries()[0].resource_id(), Some(deal.as_str()));
        let call = p.list_engagement_resource_associations().catalog(CATALOG).resource_identifier(&deal);
        let list = call.send().await.unwrap();
        assert_eq!(list.engagement_resource_association_summaries()[0].engagement_id(), Some(id.as_str()));
    }

    async fn snapshot_jobs(&self) {
        let p = &self.partner;
        let (id, deal) = (self.engagement(bodies::customer_project()).await, self.draft().await);
        let call = p.create_resource_snapshot_job().catalog(CATALOG).engagement_identifier(id).resource_identifier(deal);
        let call = call.resource_type(ResourceType::Opportunity).resource_snapshot_template_identifier(VIEW);
        let job = call.send().await.unwrap().id.unwrap();
        let get = || p.get_resource_snapshot_job().catalog(CATALOG).resource_snapshot_job_identifier(&job).send();
        assert_eq!(get().await.unwrap().status, Some(ResourceSnapshotJobStatus::Stopped));
        let call = p.start_resource_snapshot_job().catalog(CATALOG).resource_snapshot_job_identifier(&job);
        call.send().await.unwrap();
        let call = p.list_resource_snapshot_jobs().catalog(CATALOG).status(ResourceSnapshotJobStatus::Running);
        let list = call.send().await.unwrap();
        assert!(list.resource_snapshot_job_summaries().iter().any(|row| row.id() == Some(&job)));
        let call = p.stop_resource_snapshot_job().catalog(CATALOG).resource_snapshot_job_identifier(&job);
        call.send().await.unwrap();
        assert_eq!(get().await.unwrap().status, Some(ResourceSnapshotJobStatus::Stopped));
        let call = p.delete_resource_snapshot_job().catalog(CATALOG).resource_snapshot_job_identifier(&job);
        call.send().await.unwrap();
        assert!(get().await.unwrap_err().into_service_error().is_resource_not_found_exception());
    }

    async fn prospecting(&self) {
        let (p, id) = (&self.partner, self.engagement(bodies::lead()).await);
        let call = p.start_prospecting_from_engagement_task().catalog(CATALOG).task_name("autumn");
        let task = call.identifiers(&id).send().await.unwrap();
        let end = Instant::now() + Duration::from_secs(15);
        let got = loop {
            let call = p.get_prospecting_from_engagement_task().catalog(CATALOG);
            let got = call.task_identifier(task.task_id().unwrap()).send().await.unwrap();
            if got.end_time().is_some() {
                break got;
            }
            assert!(Instant::now() < end, "still {got:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert_eq!(got.engagements()[0].engagement_identifier(), id);
        let list = p.list_prospecting_from_engagement_tasks().catalog(CATALOG).send().await.unwrap();
        assert_eq!(list.task_summaries()[0].task_name(), "autumn");
    }

    async fn settings(&self) {
        let call = self.partner.put_selling_system_settings().catalog(CATALOG);
        call.resource_snapshot_job_role_identifier("Snapshots").send().await.unwrap();
        let got = self.partner.get_selling_system_settings().catalog(CATALOG).send().await.unwrap();
        let role = format!("arn:aws:iam::{}:role/Snapshots", self.account);
        assert_eq!(got.resource_snapshot_job_role_arn(), Some(role.as_str()));
    }
}
