//! Tests of a deal against a server that the tests start.

use aws_sdk_partnercentralselling::{
    config::{BehaviorVersion, Credentials, Region},
    types::{Account, Customer, SalesInvolvementType, Visibility},
    Client,
};
use aws_smithy_http_client::{Builder, Connector};
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

/// A server with an empty store, which ends with the value.
struct Cosell {
    server: Child,
    endpoint: String,
    _data: tempfile::TempDir,
}

impl Cosell {
    fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let binary = std::env::var("COSELL").unwrap_or_else(|_| "cosell".into());
        let mut server = Command::new(binary)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("start cosell: is it on the PATH, or named in COSELL?");
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let endpoint = line.split_whitespace().find(|w| w.starts_with("http://")).expect("an address").to_string();
        Cosell { server, endpoint, _data: data }
    }

    /// A client that acts for an account of twelve digits.
    fn partner(&self, account: &str) -> Client {
        let http = Builder::new().build_with_connector_fn(|_, _| Connector::builder().build_http());
        Client::from_conf(
            aws_sdk_partnercentralselling::Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .endpoint_url(&self.endpoint)
                .region(Region::new("us-east-1"))
                .http_client(http)
                .credentials_provider(Credentials::new(account, "test", None, None, "cosell"))
                .build(),
        )
    }
}

impl Drop for Cosell {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

async fn draft(partner: &Client, token: &str) -> String {
    let customer = Customer::builder().account(Account::builder().company_name("Example Corp").build().unwrap()).build();
    let made = partner.create_opportunity().catalog("Sandbox").client_token(token).customer(customer).send().await.unwrap();
    made.id().to_string()
}

#[tokio::test]
async fn a_repeated_token_creates_one_deal() {
    let cosell = Cosell::start();
    let partner = cosell.partner("111122223333");
    assert_eq!(draft(&partner, "1").await, draft(&partner, "1").await);
    let list = partner.list_opportunities().catalog("Sandbox").send().await.unwrap();
    assert_eq!(list.opportunity_summaries().len(), 1);
}

#[tokio::test]
async fn every_gap_of_a_thin_draft_is_named() {
    let cosell = Cosell::start();
    let partner = cosell.partner("111122223333");
    let deal = draft(&partner, "1").await;
    let refused = partner
        .submit_opportunity()
        .catalog("Sandbox")
        .identifier(deal)
        .involvement_type(SalesInvolvementType::CoSell)
        .visibility(Visibility::Full)
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(refused.is_validation_exception(), "{refused:?}");
}
