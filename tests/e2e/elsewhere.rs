//! An Azure outside of the process: `tenon sim` started by itself, reached
//! with the variables that Azure's tools and azurerm use.

use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use crate::process::Process;
use crate::scenario::{Portal, Scenario, is_write};
use crate::worlds::{self, ACME, APPLICATION, CONTOSO, SECRET, machines};

/// A simulator of its own, and a scenario that knows nothing of it yet.
fn separate() -> (Scenario, Process, String) {
    let scenario = Scenario::bare();
    scenario.write("tenon.yaml", &machines(&["one"]));
    scenario.write("world.yaml", worlds::two_tenants_text());
    let server = scenario.start("sim --port 0 --in-memory --speed 2000 --world world.yaml");
    let line = server.line_with("Resource Manager");
    let url = line
        .split_whitespace()
        .last()
        .expect("an address")
        .to_owned();
    (scenario, server, url)
}

fn portal(url: &str) -> Portal {
    let address: SocketAddr = url
        .trim_start_matches("http://")
        .parse()
        .expect("an address");
    Portal::at(address)
}

#[test]
fn azure_variables_and_a_metadata_address_reach_another_process() {
    let (mut scenario, server, url) = separate();
    scenario.set("ARM_CLOUD_METADATA_URL", &url);
    scenario.set("AZURE_CLIENT_ID", APPLICATION);
    scenario.set("AZURE_CLIENT_SECRET", SECRET);
    scenario
        .run("apply --auto-approve")
        .exits(0)
        .says("2 created");
    scenario.run("plan").finds_nothing_to_do();
    let writes: Vec<_> = portal(&url)
        .requests()
        .into_iter()
        .filter(is_write)
        .collect();
    assert!(!writes.is_empty());
    for write in &writes {
        assert_eq!(write["tenant"], CONTOSO, "{write}");
        assert_eq!(
            write["auxiliaryTenants"],
            serde_json::json!([ACME]),
            "{write}"
        );
    }
    server.signal("INT");
    server.finish().exits(0).never_says(SECRET);
}

#[test]
fn arm_variables_and_the_option_reach_another_process() {
    let (mut scenario, _server, url) = separate();
    scenario.set("ARM_CLIENT_ID", APPLICATION);
    scenario.set("ARM_CLIENT_SECRET", SECRET);
    scenario
        .run(&format!("apply --auto-approve --cloud {url}"))
        .exits(0)
        .says("2 created");
    scenario
        .run(&format!("plan --cloud {url}"))
        .finds_nothing_to_do();
}

#[test]
fn the_spec_names_its_cloud_and_a_saved_plan_remembers_it() {
    let (mut scenario, server, url) = separate();
    scenario.set("ARM_CLIENT_ID", APPLICATION);
    scenario.set("ARM_CLIENT_SECRET", SECRET);
    scenario.set("ARM_ENVIRONMENT", "china");
    let spec = format!("{}cloud: {url}\n", machines(&["one"]));
    scenario.write("tenon.yaml", &spec);
    scenario.run("plan --out saved").exits(0);
    scenario.run("apply saved").exits(0).says("2 created");
    scenario.run("plan").finds_nothing_to_do();
    scenario.write("tenon.yaml", &spec.replace(&url, "mars"));
    scenario
        .run("plan")
        .exits(1)
        .says("there is no cloud called `mars`")
        .says("tenon.yaml:");
    // The saved plan with other addresses is another plan.
    let other = scenario.read("saved").replace(&url, "http://127.0.0.1:1");
    scenario.write("saved", &other);
    scenario.run("apply saved").exits(1).says("TN4003");
    server.signal("INT");
    server.finish().exits(0);
}

#[test]
fn reads_of_another_tenant_carry_that_tenants_token_and_no_other() {
    let (mut scenario, _server, url) = separate();
    scenario.set("ARM_CLOUD_METADATA_URL", &url);
    scenario.set("AZURE_CLIENT_ID", APPLICATION);
    scenario.set("AZURE_CLIENT_SECRET", SECRET);
    scenario.run("plan").exits(0);
    for request in portal(&url).requests() {
        let path = request["path"].as_str().unwrap_or_default().to_owned();
        assert!(!is_write(&request), "a plan wrote: {request}");
        assert_eq!(
            request["auxiliaryTenants"],
            serde_json::json!([]),
            "{request}"
        );
        if path.contains("/galleries/") {
            assert_eq!(request["tenant"], ACME, "{request}");
        }
    }
}

#[test]
fn no_log_level_shows_a_token_or_a_secret() {
    let mut scenario = Scenario::of(&machines(&["one"]));
    scenario.set("TENON_LOG", "trace");
    let apply = scenario.run("apply --auto-approve -vv").exits(0);
    assert!(apply.stderr.contains("PUT"), "nothing was logged:\n{apply}");
    // Every token of the simulator is a JWT, and so begins.
    apply.never_says(SECRET).never_says("eyJ");
    assert!(!scenario.portal().everything().contains(SECRET));
}

#[test]
fn https_is_trusted_with_the_simulators_authority_and_refused_without() {
    let mut scenario = Scenario::bare();
    scenario.write("tenon.yaml", &machines(&["one"]));
    scenario.write("world.yaml", worlds::two_tenants_text());
    let server = scenario.start("sim --tls --port 0 --in-memory --speed 2000 --world world.yaml");
    let last = |line: String| line.split_whitespace().last().expect("a word").to_owned();
    let url = last(server.line_with("Resource Manager"));
    let authority = last(server.line_with("CA file"));
    assert!(url.starts_with("https://"), "{url}");
    scenario.set("ARM_CLOUD_METADATA_URL", &url);
    scenario.set("AZURE_CLIENT_ID", APPLICATION);
    scenario.set("AZURE_CLIENT_SECRET", SECRET);
    scenario
        .run("plan")
        .exits(1)
        .says("error[TN3002]")
        .says("the certificate is not trusted")
        .says("TENON_CA_FILE=");
    scenario.set("TENON_CA_FILE", &authority);
    scenario
        .run("apply --auto-approve")
        .exits(0)
        .says("2 created");
    scenario.run("plan").finds_nothing_to_do();

    // The next start signs with the same authority: nobody is told again.
    server.signal("INT");
    server.finish().exits(0);
    let again = scenario.start("sim --tls --port 0 --in-memory --speed 2000 --world world.yaml");
    let url = last(again.line_with("Resource Manager"));
    scenario.set("ARM_CLOUD_METADATA_URL", &url);
    scenario.run("plan").exits(0).says("2 create");
    let secret = scenario.path(".tenon/tls/authority.pem");
    assert!(secret.exists());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = secret.metadata().expect("its mode").permissions().mode();
        assert_eq!(mode & 0o077, 0, "others may read the key: {mode:o}");
    }
    scenario.write(".tenon/tls/authority.pem", "nonsense");
    scenario
        .run("sim --tls --port 0 --in-memory")
        .exits(1)
        .says("remove it");
}

/// Azure is asked through the proxy that the environment names; loopback
/// never is: the proxy is another machine.
#[test]
fn a_proxy_carries_what_leaves_this_machine_and_nothing_else() {
    let proxy = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", proxy.local_addr().expect("its address"));
    let (tell, asked) = channel();
    thread::spawn(move || {
        let (stream, _) = proxy.accept().expect("a client");
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).expect("a line");
        // Nobody listens any more if the test has failed.
        let _ = tell.send(line);
    });
    let (mut scenario, _server, url) = separate();
    for name in ["HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"] {
        scenario.set(name, &address);
    }
    scenario.set("AZURE_CLIENT_ID", APPLICATION);
    scenario.set("AZURE_CLIENT_SECRET", SECRET);
    // The simulator is on loopback, so the proxy hears nothing of this.
    scenario.set("ARM_CLOUD_METADATA_URL", &url);
    scenario.run("plan").exits(0);
    assert!(asked.try_recv().is_err());
    // A host that does not exist: only the proxy could know it.
    let cloud = "https://management.azure.invalid";
    scenario
        .run(&format!("plan --cloud {cloud}"))
        .exits(1)
        .says("TN3002");
    let line = asked.recv_timeout(Duration::from_secs(30));
    let line = line.expect("the proxy was asked");
    assert!(
        line.starts_with("CONNECT management.azure.invalid:443 "),
        "{line}"
    );
}
