"""The rules the engine judges itself: the scenario was run whole, the product outlived it."""

from collections.abc import Iterator
from itertools import pairwise

from conformance.checks.events import Events
from conformance.checks.registry import Said, broken, held, rule, unclear


@rule(
    "story.complete",
    requires=(),
    reads=(
        "scenario.started",
        "scenario.finished",
        "step.started",
        "step.finished",
        "action.finished",
        "operator.said",
    ),
    basis="ans",
    trust="official",
    source="[FAQ-X steps] ANS FAQ: the steps of a scenario are its control points",
)
def story_complete(events: Events) -> Iterator[Said]:
    """Each official step is done, once, in the order of its number.

    With an external PSC, what the person who signs in there said counts too.
    """
    started = events.first("scenario.started")
    cut_short = ("not_tested", "not_ready", "error", "interrupted", "")
    if started is None or events.scenario.ended in cut_short:
        return
    total: int = started.data["steps"]
    if total == 0:
        return
    entered = [event.data["n"] for event in events.of("step.started")]
    done = [e.data["n"] for e in events.of("step.finished") if e.data["completed"]]
    word = [e for e in events.of("operator.said") if e.data.get("about", "").startswith("psc.")]
    seen = [*events.of("step.finished"), *events.of("scenario.finished"), *word]
    if entered != sorted(entered):
        late = next(n for n, after in pairwise(entered) if n > after)
        yield broken("story", seen, problem="order", step=late, steps=total)
        return
    missing = [n for n in range(1, total + 1) if n not in done]
    if events.scenario.driver == "operator":  # that a step was done is the person's word
        seen += events.of("action.finished")
    if not missing:
        yield held("story", seen, steps=total)
        return
    if word and word[-1].data["choice"] == "no":
        yield broken("story", seen, problem="said", step=missing[0], steps=total)
        return
    ended = events.of("action.finished")
    taken_back = [e for e in ended if e.data.get("amends") and e.data["outcome"] != "done"]
    last = taken_back[-1:] or ended[-1:]
    outcome = last[0].data["outcome"] if last else ""
    if outcome == "unsupported":
        return
    say = unclear if outcome == "unclear" else broken
    action = last[0].data["name"] if last else ""
    yield say(
        "story",
        [*seen, *last],
        problem="missing",
        step=min(missing[0], last[0].step or missing[0]) if taken_back else missing[0],
        steps=total,
        action=action,
        outcome=outcome,
    )


@rule(
    "system.survives",
    requires=(),
    reads=("action.finished", "system.died", "scenario.finished"),
    basis="ours",
    trust="official",
    source="[BANC-READING crash] Ours: a crash is never a refusal",
    when="any",
)
def system_survives(events: Events) -> Iterator[Said]:
    """The product neither dies nor answers with a crash, whatever the services do to it.

    One that never came up was not tried: that is the set-up, and `story.complete` says so.
    """
    if events.scenario.ended == "not_ready":
        return
    deaths = events.of("system.died")
    for number, death in enumerate(deaths, 1):
        yield broken(f"death {number}", [death], face=death.data["face"])
    actions = events.of("action.finished")
    crashed = [action for action in actions if action.data["outcome"] == "broken"]
    for number, action in enumerate(crashed, 1):
        yield broken(f"crash {number}", [action], action=action.data["name"])
    if actions and not deaths and not crashed:
        yield held("system", events.of("scenario.finished"))
