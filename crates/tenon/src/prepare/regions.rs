//! Regions that nobody has heard of.
//!
//! Azure refuses them when the plan runs, after whatever else the plan made.
//! Which ones a subscription has is asked only where a spec names one that is
//! none of the usual: a mistyped word costs a request, a right one nothing.

use std::collections::BTreeMap;

use tenon_client::Client;
use tenon_model::desired::{Declaration, Desired};
use tenon_model::rules::region;
use tenon_model::spec::Made;
use tenon_model::{Code, Diagnostic, Help, Place, Value, suggest};

/// Regions that are there, and `global`, which some types want. Not all there
/// are: what is missing is asked for.
const USUAL: &[&str] = &[
    "global",
    "australiaeast",
    "brazilsouth",
    "canadacentral",
    "centralindia",
    "centralus",
    "eastasia",
    "eastus",
    "eastus2",
    "francecentral",
    "germanywestcentral",
    "italynorth",
    "japaneast",
    "koreacentral",
    "northcentralus",
    "northeurope",
    "norwayeast",
    "polandcentral",
    "southafricanorth",
    "southcentralus",
    "southeastasia",
    "spaincentral",
    "swedencentral",
    "switzerlandnorth",
    "uaenorth",
    "uksouth",
    "ukwest",
    "westcentralus",
    "westeurope",
    "westus",
    "westus2",
    "westus3",
];

/// A region that a spec names, and where.
struct Named<'a> {
    desired: &'a Desired,
    place: &'a Place,
    text: &'a str,
}

/// What is wrong with the regions that are asked for. Where the list cannot be
/// read, nothing is: Azure will say so.
pub(super) async fn problems(client: &Client, declaration: &Declaration) -> Vec<Diagnostic> {
    let mut unheard: Vec<Named<'_>> = Vec::new();
    for desired in &declaration.resources {
        let location = desired.body.member("location").and_then(Value::as_text);
        let Some(text) = location.filter(|text| is_unheard(text)) else {
            continue;
        };
        let place = desired.places.get("location").unwrap_or(&desired.place);
        let known = unheard.iter().any(|named| named.place == place);
        if desired.made == Made::Here && !known {
            unheard.push(Named {
                desired,
                place,
                text,
            });
        }
    }
    let mut lists = BTreeMap::new();
    let mut problems = Vec::new();
    for named in &unheard {
        let subscription = named.desired.id.subscription();
        if !lists.contains_key(&subscription) {
            let list = client
                .regions_of(&subscription, &named.desired.tenant)
                .await;
            lists.insert(subscription.clone(), list.unwrap_or_default());
        }
        let list = &lists[&subscription];
        if !list.is_empty() && !list.contains(&region(named.text)) {
            problems.push(problem(named, list));
        }
    }
    problems
}

fn is_unheard(text: &str) -> bool {
    !USUAL.contains(&region(text).as_str())
}

fn problem(named: &Named<'_>, list: &[String]) -> Diagnostic {
    let subscription = named.desired.id.subscription();
    let problem = Diagnostic::error(
        Code::InvalidValue,
        format!("there is no region `{}`", named.text),
    )
    .at(named.place, "not among those of the subscription");
    let near = suggest::nearest(&region(named.text), list.iter().map(String::as_str));
    let problem = match near {
        Some(near) => problem.help(Help::text(format!("did you mean `{near}`?"))),
        None => problem,
    };
    problem
        .help(Help::command(
            "the regions of this subscription",
            format!(
                "az rest --method get --url /subscriptions/{subscription}/locations?api-version=2022-12-01 --query value[].name"
            ),
        ))
        .about(&named.desired.address)
}
