use tenon_model::plan::Action;

use super::{Area, Laid, layout};
use crate::picture::{Link, Picture, PictureCard, Shape, Why};

/// Numbers that look like chance and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit
    }
}

fn card(tenant: usize, names: String) -> PictureCard {
    PictureCard {
        tenant,
        action: Action::Create,
        shape: Shape::Entry,
        noun: "VM".to_owned(),
        what: "VM".to_owned(),
        entries: vec![names.clone()],
        names,
        notes: Vec::new(),
    }
}

/// A picture of any form: circles, lonely cards, long names.
fn any(seed: u64) -> Picture {
    let mut numbers = Numbers(seed);
    let tenants = 1 + numbers.below(3);
    let count = 1 + numbers.below(60);
    let cards: Vec<PictureCard> = (0..count)
        .map(|at| {
            let mut card = card(
                numbers.below(tenants),
                format!("m{at} ").repeat(1 + numbers.below(20)),
            );
            if numbers.below(3) == 0 {
                card.notes.push("restart".to_owned());
            }
            card
        })
        .collect();
    let mut links: Vec<Link> = (0..numbers.below(count * 2))
        .map(|_| Link {
            from: numbers.below(count),
            to: numbers.below(count),
            why: [Why::Needs, Why::First][numbers.below(2)],
        })
        .filter(|link| link.from != link.to)
        .collect();
    links.sort_unstable();
    links.dedup();
    Picture {
        tenants: (0..tenants)
            .map(|number| format!("tenant {number}"))
            .collect(),
        cards,
        links,
    }
}

fn overlap(one: &Area, two: &Area) -> bool {
    let apart = one.x + one.width <= two.x
        || two.x + two.width <= one.x
        || one.y + one.height <= two.y
        || two.y + two.height <= one.y;
    !apart
}

fn within(inner: &Area, outer: &Area) -> bool {
    inner.x >= outer.x
        && inner.y >= outer.y
        && inner.x + inner.width <= outer.x + outer.width
        && inner.y + inner.height <= outer.y + outer.height
}

/// Points along a line, curves and straight pieces.
fn points(laid: &Laid, route: usize) -> Vec<(f64, f64)> {
    let curves = &laid.routes[route].curves;
    let mut found = Vec::new();
    let real = |(x, y): (i32, i32)| (f64::from(x), f64::from(y));
    for (at, (start, end)) in curves.iter().enumerate() {
        let ((x0, y0), (x1, y1)) = (real(*start), real(*end));
        let middle = f64::midpoint(x0, x1);
        for step in 0..=20 {
            let t = f64::from(step) / 20.0;
            let u = 1.0 - t;
            let (a, b, c, d) = (u * u * u, 3.0 * u * u * t, 3.0 * u * t * t, t * t * t);
            found.push((
                a * x0 + (b + c) * middle + d * x1,
                (a + b) * y0 + (c + d) * y1,
            ));
        }
        if let Some((next, _)) = curves.get(at + 1) {
            let ((x0, y0), (x1, y1)) = (real(*end), real(*next));
            for step in 0..=20 {
                let t = f64::from(step) / 20.0;
                found.push((x0 + (x1 - x0) * t, y0 + (y1 - y0) * t));
            }
        }
    }
    found
}

fn check(picture: &Picture, seed: u64) {
    let laid = layout(picture);
    for (at, area) in laid.cards.iter().enumerate() {
        for (other, more) in laid.cards.iter().enumerate().skip(at + 1) {
            assert!(!overlap(area, more), "{seed}: cards {at} and {other}");
        }
        let tenant = picture.cards[at].tenant;
        assert!(within(area, &laid.tenants[tenant]), "{seed}: card {at}");
    }
    for (at, area) in laid.tenants.iter().enumerate() {
        assert!(area.x >= 0 && area.x + area.width <= laid.width);
        assert!(area.y >= 0 && area.y + area.height <= laid.height);
        for more in &laid.tenants[at + 1..] {
            assert!(!overlap(area, more), "{seed}: tenants");
        }
    }
    for (number, route) in laid.routes.iter().enumerate() {
        for (x, y) in points(&laid, number) {
            for (at, area) in laid.cards.iter().enumerate() {
                let [left, top, right, bottom] =
                    [area.x, area.y, area.x + area.width, area.y + area.height].map(f64::from);
                let inside = x > left && x < right && y > top && y < bottom;
                assert!(!inside, "{seed}: {:?} runs through {at}", route.link);
            }
        }
        let (first, last) = (route.curves.first(), route.curves.last());
        let (first, last) = (first.expect("a start").0, last.expect("an end").1);
        assert!(first.0 < last.0, "{seed}: left to right");
    }
}

#[test]
fn nothing_overlaps_and_no_line_runs_through_a_card() {
    for seed in 0..40 {
        check(&any(seed), seed);
    }
}

#[test]
fn the_same_picture_lies_the_same() {
    assert_eq!(layout(&any(7)), layout(&any(7)));
    assert_eq!(layout(&Picture::default()).cards, []);
}

#[test]
fn a_hub_stays_small() {
    let mut cards = vec![card(0, "hub".to_owned())];
    cards.extend((0..39).map(|at| card(0, format!("m{at}"))));
    let links = (1..40).map(|to| Link {
        from: 0,
        to,
        why: Why::Needs,
    });
    let picture = Picture {
        tenants: vec!["tenant".to_owned()],
        cards,
        links: links.collect(),
    };
    check(&picture, 0);
    let laid = layout(&picture);
    assert!(
        laid.width < 1_500 && laid.height < 900,
        "{} x {}",
        laid.width,
        laid.height
    );
}
