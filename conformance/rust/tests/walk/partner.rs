//! A client, and which operations it knows and has seen answered.

use aws_sdk_partnercentralselling::{
    config::{interceptors::FinalizerInterceptorContextRef, BehaviorVersion, Credentials, Intercept, Region},
    Client, Config,
};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{orchestrator::Metadata, runtime_components::RuntimeComponents},
};
use aws_smithy_types::config_bag::ConfigBag;
use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::Command,
    sync::{Arc, Mutex},
    time::{SystemTime, UNIX_EPOCH},
};

/// Names of the operations that the server has answered with success.
pub type Answered = Arc<Mutex<BTreeSet<String>>>;

/// An account of its own, so that tests never see each other's records.
pub fn account() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    format!("{:012}", now.as_nanos() % 1_000_000_000_000)
}

/// A client that acts for an account and notes what was answered.
pub fn client(account: &str, answered: &Answered) -> Client {
    let endpoint = std::env::var("AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING").expect("the address of a server");
    let http = Builder::new().build_with_connector_fn(|_, _| Connector::builder().build_http());
    Client::from_conf(
        Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(endpoint)
            .region(Region::new("us-east-1"))
            .http_client(http)
            .credentials_provider(Credentials::new(account, "test", None, None, "cosell"))
            .interceptor(Recorder(answered.clone()))
            .build(),
    )
}

#[derive(Debug)]
struct Recorder(Answered);

impl Intercept for Recorder {
    fn name(&self) -> &'static str {
        "Recorder"
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if matches!(context.output_or_error(), Some(Ok(_))) {
            let operation = bag.load::<Metadata>().expect("the name of the operation").name();
            self.0.lock().unwrap().insert(operation.to_string());
        }
        Ok(())
    }
}

/// The names of all operations that the crate has a module for.
pub fn known() -> BTreeSet<String> {
    // Without a platform, cargo asks for the dependencies on all others, which nothing downloaded.
    let host = cargo(&["-vV"]);
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).expect("the platform");
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let metadata =
        cargo(&["metadata", "--format-version", "1", "--offline", "--filter-platform", host, "--manifest-path", manifest]);
    let manifest = metadata
        .split("\"manifest_path\":\"")
        .filter_map(|rest| rest.split('"').next())
        .find(|path| path.contains("/aws-sdk-partnercentralselling-"))
        .expect("the crate among the dependencies");
    fs::read_dir(Path::new(manifest).with_file_name("src/operation"))
        .unwrap()
        .filter_map(|file| file.unwrap().file_name().to_str().unwrap().strip_suffix(".rs").map(camel))
        .collect()
}

/// What cargo prints.
fn cargo(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(args).output().unwrap();
    assert!(output.status.success(), "cargo {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn camel(snake: &str) -> String {
    snake.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}
