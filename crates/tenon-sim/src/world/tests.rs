use super::*;

#[test]
fn errors_point_at_their_place() {
    let error = WorldFile::from_yaml("tenants:\n  - name: acme\n    colour: red\n");
    let Err(WorldError::Syntax { line, message, .. }) = error else {
        panic!("no syntax error")
    };
    assert_eq!(line, 3, "{message}");
    assert!(message.contains("colour"), "{message}");
}

#[test]
fn lengths_of_time_read_as_people_write_them() {
    let text = "settings: {tokenLifetime: 90, rolePropagation: 1h30m, replicaLag: 250ms}";
    let world = WorldFile::from_yaml(text).expect("a world");
    assert_eq!(world.settings.token_lifetime, Span::seconds(90));
    assert_eq!(world.settings.role_propagation, Span::seconds(5400));
    assert_eq!(world.settings.replica_lag.to_string(), "250ms");
    assert!(WorldFile::from_yaml("settings: {replicaLag: soon}").is_err());
}

#[test]
fn a_world_survives_being_written() {
    let text = "tenants: [{name: acme, domains: [acme.example]}]\nseed: x\n";
    let world = WorldFile::from_yaml(text).expect("a world");
    let written = serde_json::to_string(&world).expect("JSON");
    assert_eq!(
        serde_json::from_str::<WorldFile>(&written).expect("a world"),
        world
    );
}
