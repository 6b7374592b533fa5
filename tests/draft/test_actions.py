from __future__ import annotations

import pytest

from tests.draft.desk import LOAN, Desk, thing

STATE = "state: one of: open, closed, repaid"


def test_actions_become_operations(desk: Desk) -> None:
    reads, writes = "- See things\n- See a thing", "- Add a thing\n- Change a thing\n- Remove a thing\n- Close a thing"
    actions = f"{reads}\n{writes}\n- Mark a thing as repaid: state becomes repaid"
    made, _ = desk.draft(thing(STATE, "size: 1", actions=actions))
    assert [(one.id, one.method, one.path) for one in made.description.actions] == [
        ("addGadget", "post", "/v1/gadgets"),
        ("listGadgets", "get", "/v1/gadgets"),
        ("getGadget", "get", "/v1/gadgets/{gadget_id}"),
        ("updateGadget", "patch", "/v1/gadgets/{gadget_id}"),
        ("removeGadget", "delete", "/v1/gadgets/{gadget_id}"),
        ("closeGadget", "post", "/v1/gadgets/{gadget_id}/close"),
        ("markGadgetAsRepaid", "post", "/v1/gadgets/{gadget_id}/mark-as-repaid"),
    ]


def test_step_shows_what_becomes_of_the_state_and_nobody_sends_it(desk: Desk) -> None:
    _, interview = desk.draft(LOAN)
    step = desk.operation("post", "/v1/loans/{loan_id}/approve")
    shown = step["responses"]["200"]["content"]["application/json"]["examples"]["healthy"]["value"]
    assert (shown["status"], shown["version"]) == ("approved", 2)
    assert step["description"] == "Its status becomes `approved`."
    assert "status" not in desk.schema("NewLoan")["properties"]
    assert interview.decisions == ["line 16: “Approve a loan” is taken to set `status` to approved."]


def test_step_takes_the_fields_named_after_with(desk: Desk) -> None:
    actions = "- Add a thing\n- Pay a thing with size and fee: state becomes closed — at once"
    desk.draft(thing(STATE, "size: 1", "fee: 5.00 SEK", actions=actions))
    step = desk.operation("post", "/v1/gadgets/{gadget_id}/pay")
    assert desk.schema("GadgetPay")["required"] == ["size", "fee"]
    assert step["description"] == "At once. Its state becomes `closed`."
    assert any("IdempotencyKey" in one["$ref"] for one in step["parameters"])


@pytest.mark.parametrize(
    ("answer", "path"),
    [("yes", "/v1/gadgets"), ("no", "/v1/gadgets/{gadget_id}/open")],
)
def test_verb_that_may_make_something_is_asked(desk: Desk, answer: str, path: str) -> None:
    answers = {"gadget.open.makes": answer}
    desk.draft(
        thing(STATE, actions="- Open a thing: state becomes open" if answer == "no" else "- Open a thing"), answers
    )
    assert desk.operation("post", path)["operationId"] == "openGadget"


def test_verb_that_may_make_something_is_a_step_where_another_makes_it(desk: Desk) -> None:
    _, asked = desk.take_all(thing(STATE, actions="- Add a thing\n- Send a thing"))
    assert asked == {"gadget.send.makes": "no", "gadget.send.changes": "nothing"}


def test_step_without_effect_is_asked(desk: Desk) -> None:
    desk.draft(thing(STATE, actions="- Paint a thing"), {"gadget.paint.changes": "state becomes repaid"})
    assert "`repaid`" in desk.operation("post", "/v1/gadgets/{gadget_id}/paint")["description"]


def test_thing_without_actions_is_asked(desk: Desk) -> None:
    made, asked = desk.take_all("# Things\n\n## Gadget\n\n- size: 1\n")
    assert asked["gadget.actions"] == "yes"
    assert [one.id for one in made.description.actions] == ["addGadget", "listGadgets", "getGadget", "updateGadget"]
    desk.folder.joinpath("out/openapi.yaml").unlink()
    desk.out.rmdir()
    said = desk.refusals("# Things\n\n## Gadget\n\n- size: 1\n", {"gadget.actions": "no"})
    assert said == ["line 3: Nothing can be done with a gadget; add a list below “Actions”."]


def test_reading_is_added_and_told(desk: Desk) -> None:
    _, interview = desk.draft(thing("size: 1", actions="- Add a thing"))
    assert interview.decisions == ["line 3: “See one gadget” is added: whoever makes or changes one has to find it."]


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("Add a thing with colour", "“colour” is no field of Gadget; there are: `state`."),
        (
            "Add a thing: at once",
            "“at once” is not understood after “Add a gadget”; only steps such as `Approve a loan` set something.",
        ),
        (
            "Close a thing: it is over",
            "“it is over” does not say which field becomes what; write for example `state becomes repaid`.",
        ),
        ("2fa a thing", "“2fa” is no verb that programs can use; use words of two letters or more, a-z."),
        ("See a thing", "“See a gadget” says the same as line 9; take one of them out."),
    ],
)
def test_action_that_is_not_understood_says_what_to_write(desk: Desk, action: str, said: str) -> None:
    assert desk.refusals(thing(STATE, actions=f"- See one thing\n- {action}")) == [f"line 10: {said}"]


def test_effect_without_a_field_of_words_is_refused(desk: Desk) -> None:
    said = desk.refusals(thing("size: 1", actions="- Close a thing: state becomes closed"))
    assert len(said) == 1
    assert said[0] == (
        "line 9: “state becomes closed” does not say which field becomes what; "
        "Gadget has no field with several words to choose from, such as `status: one of: open, closed`."
    )


def test_action_of_no_thing_names_the_things(desk: Desk) -> None:
    text = "# A\n\n## Boat\n\n- size: 1\n\n## Crew\n\n- size: 1\n\n## Actions\n\n- Dance\n"
    assert desk.refusals(text) == [
        "line 13: “Dance” does not say what is done to which thing; begin with a verb and name one of “boat”, “crew”."
    ]


def test_action_that_names_no_thing_is_about_the_one_it_stands_below(desk: Desk) -> None:
    made, _ = desk.draft(thing("size: 1", actions="- Add\n- List"))
    assert [one.id for one in made.description.actions] == ["addGadget", "listGadgets", "getGadget"]


def test_long_action_gets_a_short_summary(desk: Desk) -> None:
    desk.draft(thing("size: 1", actions=f"- Add a thing for {'very ' * 20}good reasons"))
    assert desk.operation("post", "/v1/gadgets")["summary"] == "Add a gadget"


def test_answer_beside_the_options_is_refused(desk: Desk) -> None:
    said = desk.refusals(thing(STATE, actions="- Open a thing"), {"gadget.open.makes": "perhaps"})
    assert said == ["line 9: “perhaps” is no answer to gadget.open.makes; there are: yes, no."]
