//! A machine proposes, a person decides.

use crate::{
    samples::{id, noon},
    schemas::validators,
};
use bluelamp_model::{
    Decider, Decision, Error, Id, Proposal,
    authority::{Actor, ActorKind},
    decision::Stance,
};
use serde_json::json;

fn officer() -> Actor {
    Actor::staff(id(1), vec!["investigator".into()], "investigation")
}

fn decision() -> Decision {
    Decision {
        id: id(9),
        about: id(2),
        decider: Decider::of(&officer()).unwrap(),
        decided_at: noon(),
        proposal: Some(id(3)),
        stance: Some(Stance::Raised),
        information: "Two reports from one address within a week.".into(),
        assessment: "High: a child is in the house.".into(),
        powers_and_policy: "Section 47 Children Act 1989.".into(),
        options: "Telephone call; visit tomorrow; visit now.".into(),
        action_and_review: "Visit now; reviewed at the end of the shift.".into(),
        outcome: "attend-now".into(),
        reasons: "The score had not seen the second report.".into(),
    }
}

#[test]
fn only_a_named_person_decides() {
    assert_eq!(Decider::of(&officer()).unwrap().id(), id(1));
    let nameless = Actor { id: None, ..officer() };
    let dressed_up = Actor { kind: ActorKind::System, ..officer() };
    let citizen = Actor { kind: ActorKind::Public, ..officer() };
    for actor in [Actor::public(), Actor::system(), nameless, dressed_up, citizen] {
        assert!(matches!(Decider::of(&actor), Err(Error::Forbidden { .. })), "{actor:?}");
    }
}

#[test]
fn a_decision_reads_back_as_a_record_of_it() {
    let decision = decision();
    let value = json!(decision);
    assert!(validators()["decision"].is_valid(&value));
    let filed: Decision<Id> = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(filed.decider, decision.decider.id());
    assert_eq!(json!(filed), value);
}

#[test]
fn a_decision_says_why_under_every_heading() {
    assert!(decision().check().is_ok());
    let blank = Decision { reasons: " ".into(), options: String::new(), stance: None, ..decision() };
    let Err(Error::Invalid(fields)) = blank.check() else { panic!("it should be refused") };
    let named: Vec<_> = fields.iter().map(|f| f.field.as_str()).collect();
    assert_eq!(named, ["options", "reasons", "stance"]);
    let mut value = json!(decision());
    value.as_object_mut().unwrap().remove("stance");
    assert!(!validators()["decision"].is_valid(&value), "a proposal without a stance");
}

#[test]
fn a_proposal_is_data() {
    let digest = "ab".repeat(32);
    let made =
        Proposal { algorithm: "thr".into(), version: "3".into(), digest, made_at: noon(), content: 0.5 };
    assert_eq!(serde_json::from_value::<Proposal<f64>>(json!(made)).unwrap(), made);
}
