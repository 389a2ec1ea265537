//! Expressions: what they stand for, and where they may not stand.

use super::{check, reading};

#[test]
fn names_of_all_kinds() {
    check(
        "vars: {v: {default: x}}
secrets: {s: {env: S}}
tenants: {t: {id: \"${vars.v}.example.com\"}}
vms:
  web: {image: a, name: \"${vars.v}\", size: \"${env.USER_NAME}\", admin_password: \"${secrets.s}\", description: \"t ${tenants.t.id}\"}
resources:
  r: {body: {port: \"${env.PORT}\", s: \"${secrets.s}\", ip: \"${vms.web.private_ip}\", all: \"${vms.web}\", join: \"${env.PORT}:${vms.web.a.b[0]}\"}}",
        r#"vms.web {image: "a", name: "x", size: "ada", admin_password: <secret s>, description: "t x.example.com"}
           resources.r {body: {port: "8080", s: <secret s>, ip: <vms.web.private_ip>, all: <vms.web.>, join: <"8080" + ":" + <vms.web.a.b[0]>>}}"#,
    );
}

#[test]
fn an_environment_variable_serves_as_what_is_wanted() {
    check(
        "vms: {web: {image: a, rollout: {health: {tcp: \"${env.PORT}\"}}}}",
        r#"vms.web {image: "a", rollout: {health: {tcp: 8080}}}"#,
    );
    check(
        "vms: {web: {image: a, rollout: {health: {tcp: \"${env.USER_NAME}\"}}}}",
        "error[TN1005] 3:47 vms.web.rollout.health.tcp takes a whole number | this is the text `ada`",
    );
}

#[test]
fn what_an_expression_gives_is_not_read_again() {
    check(
        "vars: {x: {default: \"$${env.PORT}\"}}\nvms: {web: {image: a, size: \"${env.TRICK}\", description: \"<${env.TRICK}>\", name: \"${vars.x}\"}}",
        r#"vms.web {image: "a", size: "${vars.x}", description: "<${vars.x}>", name: "${env.PORT}"}"#,
    );
}

#[test]
fn two_dollars_are_literal() {
    check(
        "vms:\n  web:\n    image: a\n    user_data: |\n      #!/bin/sh\n      echo $${HOME} $HOME ${env.USER_NAME}\n",
        r##"vms.web {image: "a", user_data: "#!/bin/sh\necho ${HOME} $HOME ada\n"}"##,
    );
}

#[test]
fn expressions_that_cannot_be_read() {
    check(
        "vars: {c: {default: 1}}
resources:
  a: {body: {a: \"${upper(vars.c)}\", b: \"${vars.c + 1}\", c: \"${}\", d: \"x ${vars.c\", e: \"${vars}\", f: \"${var.c}\", g: \"${c}\", h: \"${foo.bar}\"}}
  b:
    body: |
      first
        second ${HOME} third
",
        "error[TN1103] 5:18 this expression cannot be read | only a name may stand here, such as `vars.x`; there are no functions and no operators
         error[TN1103] 5:41 this expression cannot be read | only a name may stand here, such as `vars.x`; there are no functions and no operators
         error[TN1103] 5:61 this expression cannot be read | there is no name in it
         error[TN1103] 5:73 this expression cannot be read | there is no `}`
         error[TN1103] 5:88 this expression cannot be read | `vars` alone is no value
         error[TN1103] 5:102 this expression cannot be read | did you mean `vars`?
         error[TN1103] 5:117 this expression cannot be read | did you mean `vars.c`?
         error[TN1103] 5:128 this expression cannot be read | `foo` is none of vars, env, secrets, tenants, images, networks, nsgs, vms, galleries, apps, access, resources
         error[TN1103] 9:16 this expression cannot be read | `HOME` is none of vars, env, secrets, tenants, images, networks, nsgs, vms, galleries, apps, access, resources",
    );
}

#[test]
fn names_that_the_spec_does_not_have() {
    check(
        "vars: {size: {default: a}}
secrets: {pw: {env: PW}}
tenants: {contoso: {id: contoso.com}}
vms:
  web: {image: \"${vars.sizes}\", admin_password: \"${secrets.pv1}\", size: \"${tenants.contosso.id}\", name: \"${tenants.contoso.name}\"}
outputs: {a: \"${vms.wbe.id}\", b: \"${networks.web.id}\", c: \"${vms.other.id}\", d: \"x${vms.wbe.id}\"}
tenant: contos
",
        "error[TN1201] 7:17 the spec has no variable `sizes` | did you mean `size`?
         error[TN1201] 7:50 the spec has no secret `pv1`
         error[TN1201] 7:74 the spec has no tenant `contosso` | did you mean `contoso`?
         error[TN1103] 7:106 this expression cannot be read | a tenant has one value, its `id`
         error[TN1201] 8:15 the spec has no entry `vms.wbe` | did you mean `vms.web`?
         error[TN1201] 8:35 the spec has no entry `networks.web` | did you mean `vms.web`?
         error[TN1201] 8:60 the spec has no entry `vms.other`
         error[TN1201] 8:83 the spec has no entry `vms.wbe` | did you mean `vms.web`?
         error[TN1201] 9:9 the spec has no tenant `contos` | did you mean `contoso`?",
    );
    let reading = reading(
        &[(
            "a",
            "tenon: 1\nvms: {web: {image: a}}\noutputs: {a: \"x-${vms.wbe.id}-y\"}",
        )],
        &[],
    );
    let edit = reading.diagnostics[0].helps[0].edit.as_ref().unwrap();
    assert_eq!(edit.replacement, "${vms.web.id}");
    assert_eq!((edit.place.line, edit.place.column), (3, 17));
}

#[test]
fn a_key_is_no_expression() {
    check(
        "vms: {web: {image: a, tags: {\"${vars.x}\": a}}}",
        "error[TN1103] 3:30 this expression cannot be read | a key cannot be an expression",
    );
}

#[test]
fn an_unset_environment_variable() {
    check(
        "vms: {web: {image: a, size: \"${env.NOPE}\"}}",
        "error[TN1101] 3:30 the environment variable `NOPE` has no value | used here",
    );
}

#[test]
fn secrets_stand_only_where_they_are_kept() {
    check(
        "secrets: {s: {env: S}}
tags: {a: \"${secrets.s}\"}
vms:
  web:
    image: a
    name: ${secrets.s}
    size: a-${secrets.s}
    description: ${secrets.s}
    tags: {a: \"${secrets.s}\"}
    user_data: ${secrets.s}
    admin_password: hunter2
  db: {image: a, admin_password: \"${env.PORT}\"}
  other: {image: a, admin_password: \"${vms.web.x}\"}
resources: {r: {body: {fine: \"${secrets.s}\", joined: \"a${secrets.s}\"}}}
outputs: {a: \"${secrets.s}\", b: {c: [\"${secrets.s}\"]}}",
        "error[TN1104] 4:11 the secret `s` would be readable here | tags.a is shown in plans and stored in Azure as it is
         error[TN1104] 8:11 the secret `s` would be readable here | vms.web.name is shown in plans and stored in Azure as it is
         error[TN1104] 9:13 the secret `s` would be readable here | a secret cannot be a part of a text
         error[TN1104] 10:18 the secret `s` would be readable here | vms.web.description is shown in plans and stored in Azure as it is
         error[TN1104] 11:15 the secret `s` would be readable here | vms.web.tags.a is shown in plans and stored in Azure as it is
         error[TN1104] 12:16 the secret `s` would be readable here | vms.web.user_data is shown in plans and stored in Azure as it is
         error[TN1104] 13:5 the secret `vms.web.admin_password` would be readable here | this takes the name of a secret, never its value
         error[TN1104] 14:18 the secret `vms.db.admin_password` would be readable here | this takes the name of a secret, never its value
         error[TN1005] 15:37 vms.other.admin_password takes a secret, as `${secrets.name}` | this is known only when Azure has been asked
         error[TN1104] 16:56 the secret `s` would be readable here | a secret cannot be a part of a text
         error[TN1104] 17:14 the secret `s` would be readable here | outputs.a is shown in plans and stored in Azure as it is
         error[TN1104] 17:38 the secret `s` would be readable here | outputs.b.c[0] is shown in plans and stored in Azure as it is",
    );
}

#[test]
fn no_message_repeats_a_literal_secret() {
    let reading = reading(
        &[(
            "a",
            "tenon: 1\nvms: {web: {image: a, admin_password: hunter2}}",
        )],
        &[],
    );
    assert!(!format!("{:?}", reading.diagnostics).contains("hunter2"));
}

#[test]
fn attributes_stand_only_where_a_later_value_can() {
    check(
        "vms:\n  web: {image: a}\n  db: {image: \"${vms.web.image}\", zones: \"${vms.web.zones}\", public_ip: \"${vms.web.public_ip}\", tags: \"${vms.web.tags}\", data_disks: \"${vms.web.d}\"}\n",
        "error[TN1005] 5:103 vms.db.tags takes a map | this is known only when Azure has been asked
         error[TN1005] 5:134 vms.db.data_disks takes a map | this is known only when Azure has been asked",
    );
    check(
        "vms: {web: {image: a}}\nresource_group: ${vms.web.group}\nname: x-${vms.web.id}\n",
        "error[TN1005] 4:17 resource_group takes a name or a map | this is known only when Azure has been asked
         error[TN1003] 5:1 the key `name` stands twice | again here | first here",
    );
}
