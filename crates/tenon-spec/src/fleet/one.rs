//! One fleet becomes its instances.

use tenon_model::shape::Section;
use tenon_model::spec::{Entry, FleetOf, Item};
use tenon_model::{Address, Help, Value};

use super::names::{Instance, Names};
use super::{FIELDS, Unfolded, combine, single};
use crate::check::{Checker, Mode, Where, missing_keys};
use crate::source::Span;
use crate::yaml::{Data, Node, Pair};

/// A fleet on its way.
pub(super) struct OneFleet<'a, 'c, 't> {
    pub(super) checker: &'a mut Checker<'c, 't>,
    pub(super) section: &'static Section,
    pub(super) pair: &'a Pair<'t>,
    pub(super) at: &'a Where<'a>,
    pub(super) address: Address,
    pub(super) unfolded: &'a mut Unfolded,
}

impl<'t> OneFleet<'_, '_, 't> {
    /// Adds the instances to `entries`.
    pub(super) fn unfold(&mut self, names: &mut Names, entries: &mut Vec<Entry>) {
        let outer = std::mem::replace(&mut self.checker.mode, Mode::Template);
        let template = single(self.checker, self.section, &self.pair.value, self.at);
        self.checker.mode = outer;
        let Some(instances) = self.instances(names) else {
            self.unfolded.unsure.insert(self.address.clone());
            return;
        };
        let addresses: Vec<Address> = instances
            .iter()
            .map(|instance| Address::new(&format!("{}.{}", self.section.name, instance.name)))
            .collect();
        let Some(template) = template.filter(|template| self.fits(template, &instances)) else {
            self.unfolded.unsure.insert(self.address.clone());
            return;
        };
        let complete = self.is_complete(&template, &instances);
        let place = self.checker.files.place(self.pair.span);
        for (index, instance) in instances.iter().enumerate() {
            let item = match &instance.overrides {
                Some(overrides) => self.overridden(&template, instance, overrides, complete),
                None => Some(template.clone()),
            };
            let Some(item) = item else {
                self.unfolded.unsure.insert(addresses[index].clone());
                continue;
            };
            entries.push(Entry {
                address: addresses[index].clone(),
                key: instance.name.clone(),
                fleet: Some(self.address.clone()),
                index,
                place: place.clone(),
                item,
            });
        }
        self.unfolded.fleets.push(FleetOf {
            address: self.address.clone(),
            instances: addresses,
        });
    }

    /// The instances in order: counted ones, then named ones.
    fn instances(&mut self, names: &mut Names) -> Option<Vec<Instance<'t>>> {
        let count = self.pair.value.pair("count").map(|count| self.count(count));
        let named = self
            .pair
            .value
            .pair("instances")
            .map(|pair| self.named(pair));
        // Both are looked at before either is given up.
        let count = count.unwrap_or(Some(0))?;
        let named = named.unwrap_or(Some(&[]))?;
        names.instances(self.checker, self.pair, count, named)
    }

    fn count(&mut self, count: &Pair<'t>) -> Option<usize> {
        let at = self.at.key("count", count.span);
        let item = self.checker.check(&count.value, &FIELDS[0].shape, &at)?;
        if let Some(Value::Int(number)) = item.scalar() {
            return usize::try_from(*number).ok();
        }
        let found = "this is known only when Azure has been asked";
        let problem = self
            .checker
            .wrong_type(&at, count.value.span, "a whole number", found)
            .help(Help::text("write the number itself"));
        self.checker.findings.push(problem);
        None
    }

    fn named<'p>(&mut self, instances: &'p Pair<'t>) -> Option<&'p [Pair<'t>]> {
        if let Data::Map(pairs) = &instances.value.data {
            return Some(pairs);
        }
        let at = self.at.key("instances", instances.span);
        let found = self.checker.what_stands(&instances.value);
        let problem = self
            .checker
            .wrong_type(&at, instances.value.span, "a map of names", &found)
            .help(Help::text("write `{name: {}}`, or `count` for a number"));
        self.checker.findings.push(problem);
        None
    }

    /// Whether the instances together stay within the limits.
    fn fits(&mut self, template: &Item, instances: &[Instance<'t>]) -> bool {
        let weight = &mut self.unfolded.weight;
        weight.add(template, instances.len());
        let Some((what, limit)) = weight.breach() else {
            return true;
        };
        let place = self.checker.files.place(self.pair.span);
        let problem = crate::yaml::too_large(&place, what, &limit);
        self.checker.findings.push(problem);
        false
    }

    /// Whether the template needs no override; reports what it lacks if some
    /// instance has none.
    fn is_complete(&mut self, template: &Item, instances: &[Instance<'t>]) -> bool {
        let mut complete = true;
        let alone = instances.iter().any(|one| one.overrides.is_none());
        let (at, place) = (
            self.at.to_string(),
            self.checker.files.place(self.pair.span),
        );
        let findings = &mut self.checker.findings;
        missing_keys(template, &self.section.shape, &at, &place, &mut |problem| {
            complete = false;
            if alone {
                findings.push(problem);
            }
        });
        complete || !alone
    }

    fn overridden(
        &mut self,
        template: &Item,
        instance: &Instance<'t>,
        overrides: &Node<'t>,
        complete: bool,
    ) -> Option<Item> {
        let top = Where::top(self.section.name);
        let span: Span = instance.span;
        let at = top.name(&instance.name, span);
        let outer = std::mem::replace(&mut self.checker.mode, Mode::Patch);
        let patch = self.checker.check(overrides, &self.section.shape, &at);
        self.checker.mode = outer;
        let item = combine::apply(template.clone(), patch?);
        if complete {
            let (at, place) = (at.to_string(), self.checker.files.place(span));
            let findings = &mut self.checker.findings;
            missing_keys(&item, &self.section.shape, &at, &place, &mut |problem| {
                findings.push(problem);
            });
        }
        Some(item)
    }
}
