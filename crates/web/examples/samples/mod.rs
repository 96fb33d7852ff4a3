//! A page of every kind with invented content: for the pictures, the benchmark and the tests.

use bluelamp_web::govuk::page::{
    Answer, Answers, Check, Choice, Content, Event, Failure, Field, Frame, Hidden, Hint, Item, Kind,
    Language, Person, Question, Receipt, ReceivedFile, Section, Start, Terminal, Track, errors,
};
use bluelamp_web::govuk::prose::prose;
use bluelamp_web::govuk::render;
use bluelamp_web::govuk::theme::{Link, Theme};

/// What surrounds a public page.
pub(crate) fn frame() -> Frame {
    Frame { lang: "en".into(), nonce: "c2FtcGxl".into(), ..Frame::default() }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn item(value: &str, text: &str) -> Item {
    Item { value: value.into(), text: text.into(), ..Item::default() }
}

fn field(kind: Kind, name: &str, label: Option<&str>) -> Field {
    Field { kind, name: name.into(), label: label.map(Into::into), ..Field::default() }
}

fn question(title: &str, components: Vec<Field>) -> Question {
    Question {
        title: title.into(),
        caption: some("Report antisocial behaviour"),
        back_href: some("/report/asb/where"),
        action: "/report/asb/kind".into(),
        csrf: "0123456789abcdef".into(),
        hidden: vec![Hidden { name: "seen".into(), value: "3".into() }],
        error_summary: errors(&components),
        components,
        ..Question::default()
    }
}

/// The page that the benchmark renders: an error summary, a way out, five choices of which one reveals a field, a date.
pub(crate) fn asking() -> Question {
    let email = Field {
        hint: some("We use it only to answer this report"),
        input_type: some("email"),
        autocomplete: some("email"),
        spellcheck: Some(false),
        error: some("Enter an email address in the correct format, like name@example.com"),
        value: some("sam.fieldgate@"),
        ..field(Kind::Input, "email", Some("Email address"))
    };
    let radios = Field {
        hint: some("Choose the one that fits best"),
        value: some("email"),
        items: vec![
            Item { reveals: vec![email], ..item("email", "Email") },
            Item { hint: Some(Hint { text: "Only between 8am and 8pm".into() }), ..item("phone", "Phone") },
            item("text", "Text message"),
            Item { divider: some("or"), ..Item::default() },
            item("none", "Do not contact me"),
        ],
        ..field(Kind::Radios, "contact", Some("How may we contact you?"))
    };
    let date = Field {
        hint: some("For example, 27 3 1985"),
        parts: [("day", "31"), ("month", "2"), ("year", "1985")].map(|(k, v)| (k.into(), v.into())).into(),
        error: some("Date of birth must be a real date"),
        wrong_parts: vec!["day".into(), "month".into()],
        autocomplete: some("bday"),
        ..field(Kind::Date, "born", Some("What is your date of birth?"))
    };
    Question { exit: true, ..question("About you", vec![radios, date]) }
}

fn single() -> Question {
    let radios = Field {
        hint: some("If something is happening now and someone is in danger, call 999"),
        items: vec![
            item("noise", "Noise"),
            item("vehicle", "Vehicles or off-road bikes"),
            item("neighbour", "A dispute with neighbours"),
            item("group", "A group of people being intimidating"),
            Item { divider: some("or"), ..Item::default() },
            item("other", "Something else"),
        ],
        ..field(Kind::Radios, "kind", None)
    };
    question("What is happening?", vec![radios])
}

fn everything() -> Question {
    let mut address = field(Kind::Address, "home", Some("Where do you live?"));
    address.error = some("Enter a full UK postcode");
    address.wrong_parts = vec!["postcode".into()];
    address.parts = [("line1", "12 Lamp Street"), ("town", "Felpersham"), ("postcode", "ZZ99")]
        .map(|(k, v)| (k.into(), v.into()))
        .into();
    address.autocomplete = some("street-address");
    let components = vec![
        Field {
            html: Some(prose("Answer **what you can**. You can add more [later](/help).")),
            ..field(Kind::Markdown, "", None)
        },
        Field {
            hint: some("Choose all that apply"),
            values: vec!["night".into()],
            items: vec![
                item("day", "During the day"),
                item("night", "At night"),
                Item { divider: some("or"), ..Item::default() },
                Item { behaviour: some("exclusive"), ..item("never", "I do not know") },
            ],
            ..field(Kind::Checkboxes, "times", Some("When does it happen?"))
        },
        Field {
            items: vec![item("yes", "Yes"), item("no", "No")],
            inline: true,
            ..field(Kind::Radios, "again", Some("Has it happened before?"))
        },
        Field {
            maximum: Some(5000),
            rows: Some(6),
            value: some("They <shout> & \"bang\" on doors."),
            ..field(Kind::Textarea, "what", Some("Tell us what happened"))
        },
        Field {
            hint: some("For example, 9:30pm or 21:30"),
            ..field(Kind::Time, "at", Some("What time was it?"))
        },
        Field {
            prefix: some("£"),
            width: Some(5),
            inputmode: some("decimal"),
            ..field(Kind::Input, "cost", Some("What did it cost you?"))
        },
        Field {
            items: (1..=6).map(|n| item(&n.to_string(), &format!("Ward {n}"))).collect(),
            value: some("3"),
            ..field(Kind::Select, "ward", Some("Which ward is it in?"))
        },
        address,
        Field {
            accept: some("image/*,video/*"),
            hint: some("Up to 20 files"),
            ..field(Kind::File, "files", Some("Add photos or video"))
        },
        Field {
            text: some("What I have said is true as far as I know"),
            ..field(Kind::Declaration, "true", Some("Declaration"))
        },
    ];
    Question {
        files: true,
        error_summary: errors(&components),
        ..question("A page with every kind of question", components)
    }
}

fn check() -> Check {
    let row = |question: &str, lines: &[&str]| Answer {
        question: question.into(),
        lines: lines.iter().map(|l| (*l).to_owned()).collect(),
        change_href: some("/report/asb/kind?return=check"),
    };
    Check {
        title: "Check your answers before sending your report".into(),
        back_href: some("/report/asb/contact"),
        action: "/report/asb/send".into(),
        csrf: "0123456789abcdef".into(),
        hidden: vec![Hidden { name: "key".into(), value: "0199".into() }],
        sections: vec![
            Answers {
                title: some("What happened"),
                rows: vec![
                    row("What is happening?", &["Vehicles or off-road bikes"]),
                    row(
                        "Where does it happen?",
                        &["Lamp Street recreation ground", "Felpersham", "ZZ99 1AA"],
                    ),
                    row("When does it happen?", &["At night", "At the weekend"]),
                    row(
                        "Tell us what happened",
                        &[
                            "Three riders on off-road bikes, most Fridays after 10pm. They ride across the playing field and along the path behind the houses.",
                        ],
                    ),
                ],
            },
            Answers {
                title: some("About you"),
                rows: vec![
                    row("Your name", &["Sam Fieldgate"]),
                    row("Email address", &["sam@example.com"]),
                    row("Phone number", &[]),
                ],
            },
        ],
        components: vec![Field {
            text: some("What I have said is true as far as I know"),
            ..field(Kind::Declaration, "declaration", Some("Declaration"))
        }],
        button: some("Send report"),
        ..Check::default()
    }
}

fn receipt() -> Receipt {
    Receipt {
        title: "Report sent".into(),
        reference: "BL-26-004217".into(),
        tracking_code: some("copper lantern orchard velvet thistle harbour"),
        track_href: some("/track"),
        received: "22 November 2026 at 4:12pm".into(),
        next: prose(
            "1. An officer reads your report **within 2 days**.\n2. We tell you what we decide, and why.\n3. If you told us how, we contact you only in that way.",
        ),
        files: vec![ReceivedFile {
            name: "bikes-friday.mp4".into(),
            size: "18.2 MB".into(),
            sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
        }],
        download_href: some("/receipt/BL-26-004217.json"),
        ..Receipt::default()
    }
}

fn emergency() -> Terminal {
    Terminal {
        title: "This needs an emergency call".into(),
        back_href: some("/report/asb/now"),
        emergency: true,
        html: prose(
            "Someone is in danger or a crime is happening now. **Do not use this form.**\n\n- If you cannot speak, press 55 when asked.\n- If you are deaf or have a speech impairment, text 999 or use text relay on 18000.",
        ),
        continue_href: some("/report/asb/kind"),
        continue_text: some("Nobody is in danger now: go on with the report"),
        ..Terminal::default()
    }
}

fn redirect() -> Terminal {
    Terminal {
        title: "Your council deals with noise".into(),
        caption: some("Report antisocial behaviour"),
        back_href: some("/report/asb/kind"),
        html: prose(
            "The police have no powers over noise from homes or businesses.\n\n[Report it to Borsetshire Council](https://council.example)\n\nTell **us** if you are threatened or if noise comes with violence.",
        ),
        continue_href: some("/report/asb/effect"),
        continue_text: some("There is more to it than noise"),
        ..Terminal::default()
    }
}

fn track() -> Track {
    let event = |title: &str, by: Option<&str>, when: &str, lines: &[&str]| Event {
        title: title.into(),
        by: by.map(Into::into),
        datetime: "2026-11-22T16:12:00Z".into(),
        when: when.into(),
        lines: lines.iter().map(|l| (*l).to_owned()).collect(),
    };
    Track {
        title: "Your report".into(),
        reference: "BL-26-004217".into(),
        status: "With your neighbourhood team".into(),
        status_colour: "blue".into(),
        facts: vec![
            Answer { question: "Sent".into(), lines: vec!["22 November 2026".into()], ..Answer::default() },
            Answer {
                question: "Who deals with it".into(),
                lines: vec!["Felpersham East neighbourhood team".into()],
                ..Answer::default()
            },
            Answer {
                question: "You hear from us by".into(),
                lines: vec!["24 November 2026".into()],
                ..Answer::default()
            },
        ],
        events: vec![
            event(
                "Message from us",
                Some("PC 2194 Ruth Archway"),
                "23 November 2026, 9:40am",
                &["Thank you. Could you tell us which path the riders used on Friday?"],
            ),
            event("Read by an officer", None, "22 November 2026, 6:05pm", &[]),
            event("Report received", None, "22 November 2026, 4:12pm", &[]),
        ],
        action: some("/track/message"),
        csrf: "0123456789abcdef".into(),
        components: vec![Field {
            rows: Some(4),
            maximum: Some(2000),
            ..field(Kind::Textarea, "message", Some("Your message"))
        }],
        links: vec![
            Link { text: "Add photos or video".into(), href: "/track/files".into() },
            Link { text: "Withdraw your report".into(), href: "/track/withdraw".into() },
        ],
        ..Track::default()
    }
}

fn lost() -> Failure {
    Failure {
        title: "Page not found".into(),
        lines: vec![
            "If you typed the web address, check that it is correct. If you pasted it, check that you copied all of it.".into(),
            "Nothing you have entered is lost.".into(),
        ],
        code: some("7f3a-91c2"),
        links: vec![Link { text: "Report something".into(), href: "/report".into() }],
    }
}

fn start() -> Start {
    Start {
        title: "Report antisocial behaviour".into(),
        back_href: some("/report"),
        emergency: Some(prose(
            "Call if a crime is happening now, someone is in danger, or you need help at once.",
        )),
        html: prose(
            "Use this service to tell us about behaviour that keeps causing you alarm or distress.\n\nIt takes about 5 minutes. You need to know:\n\n- where it happens\n- when it happens\n- what you saw or heard\n\nYou do not have to give your name.",
        ),
        href: "/report/asb/now".into(),
        after: Some(prose("## Other ways to report\n\nCall 101, or go to a police station.")),
        ..Start::default()
    }
}

fn home() -> Content {
    let choice =
        |text: &str, about: &str| Choice { text: text.into(), href: "/report/x".into(), about: some(about) };
    Content {
        title: "Report something to the police".into(),
        html: prose(
            "Choose what fits best. If you are not sure, begin with [Is it a police matter?](/report/matter)",
        ),
        choices: vec![
            choice("Antisocial behaviour", "Noise with threats, vehicles, groups, disputes"),
            choice("Burglary", "Someone broke into your home or another building"),
            choice("Online harassment", "Threats, stalking or abuse by message or on social media"),
            choice("Something you saw", "Information about a crime or an appeal, also without your name"),
            choice("Send us video", "Driving offences and evidence that we asked for"),
            choice("See what happened to your report", "With the tracking code that you were given"),
        ],
        reviewed: some("3 November 2026"),
        ..Content::default()
    }
}

/// A staff page, until the desk has pages of its own: the surroundings with something to read.
fn desk() -> (Frame, Content) {
    let section =
        |text: &str, current, count| Section { text: text.into(), href: "/desk".into(), current, count };
    let frame = Frame {
        person: Some(Person {
            name: "Ruth Archway".into(),
            role: "Contact centre operator".into(),
            purpose: "Triage of public reports".into(),
            purpose_href: "/desk/purpose".into(),
            sign_out_action: "/sign-out".into(),
            csrf: "0123456789abcdef".into(),
        }),
        sections: vec![
            section("Queue", true, Some(37)),
            section("My work", false, Some(4)),
            section("Cases", false, None),
            section("Search", false, None),
        ],
        views: vec![
            section("All open", true, None),
            section("Unassigned", false, None),
            section("Due today", false, None),
        ],
        ..frame()
    };
    (frame, home())
}

/// Every sample: file name and HTML.
pub(crate) fn all() -> Vec<(&'static str, String)> {
    let theme = Theme::demo();
    let welsh = Frame {
        lang: "cy".into(),
        languages: vec![
            Language { lang: "en".into(), text: "English".into(), href: some("?lang=en") },
            Language { lang: "cy".into(), text: "Cymraeg".into(), href: None },
        ],
        ..frame()
    };
    let (desk_frame, desk_page) = desk();
    let made = [
        ("question", render("public/question.njk", &theme, &frame(), &single())),
        ("question-errors", render("public/question.njk", &theme, &frame(), &asking())),
        ("question-everything", render("public/question.njk", &theme, &frame(), &everything())),
        ("question-welsh", render("public/question.njk", &theme, &welsh, &everything())),
        ("check", render("public/check.njk", &theme, &frame(), &check())),
        ("receipt", render("public/receipt.njk", &theme, &frame(), &receipt())),
        ("terminal-emergency", render("public/terminal.njk", &theme, &frame(), &emergency())),
        ("terminal-redirect", render("public/terminal.njk", &theme, &frame(), &redirect())),
        ("track", render("public/track.njk", &theme, &frame(), &track())),
        ("error", render("public/error.njk", &theme, &frame(), &lost())),
        ("start", render("public/start.njk", &theme, &frame(), &start())),
        ("content", render("public/content.njk", &theme, &frame(), &home())),
        ("staff", render("staff/content.njk", &theme, &desk_frame, &desk_page)),
    ];
    made.map(|(name, html)| (name, html.unwrap_or_else(|why| panic!("{name}: {why:#}")))).into()
}
