"""What a confirmed form makes of a draft, and a draft of a form: by the operations every editor of flows uses."""

from collections.abc import Mapping
from typing import Any

from core.flow import editing
from core.flow.definition import Flow
from core.flow.editing import StepNotFound
from core.flow.steps.assignment import AssignmentStep, WorkKind
from core.flow.steps.lesson import LessonStep
from core.rules.drip import dump_drip
from core.text.message import ANY_LANGUAGE, MessageFields, localize
from core.text.refusal import Refused
from core.wizard.items import Item, find_item, list_items
from core.wizard.messages import change_of, make_messages, read_message
from core.wizard.screen import Filling

NO_WAIT = "0s"
PART = "#"  # between a lesson's key and the number of its message


def load(flow: Flow, section: str, target: str, language: str) -> dict[str, Any]:
    """The fields of a form as a draft has them; raises StepNotFound."""
    match section:
        case "general" | "course":
            return _load_head(flow, language)
        case "summary":
            return read_message(flow.summary, language) if flow.summary else {}
        case "lesson_part":
            step, place = _find_part(flow, target)
            return read_message(step.messages[place], language)
    item = _get_item(flow, target)
    step_values = _load_step(item, language)
    return {name: value for name, value in step_values.items() if value is not None}


def _load_head(flow: Flow, language: str) -> dict[str, Any]:
    product = flow.product
    values: dict[str, Any] = {"name": localize(flow.name, language)}
    if product is not None:
        paid = read_message(product.paid_content, language)["text"] if product.paid_content else None
        values |= {"product_name": localize(product.name, language), "product_price": product.price}
        values |= {"paid_content": paid, "private_group": product.private_group_id}
    return {name: value for name, value in values.items() if value is not None}


def _load_step(item: Item, language: str) -> Mapping[str, Any]:
    step = item.step
    if isinstance(step, LessonStep):
        title = localize(step.title, language)
        return {"title": title, "day": dump_drip(step.drip), "done": step.complete}
    if not isinstance(step, MessageFields):
        raise StepNotFound(step.key)
    values = read_message(step, language)
    if isinstance(step, AssignmentStep):
        kinds = None if set(step.accepts) == set(WorkKind) else [str(kind) for kind in step.accepts]
        answer = localize(step.in_html(step.answer), language) if step.answer else None
        stop = "delayed" if step.stop == "delayed" else "stop" if step.stop else "free"
        criteria = localize(step.criteria, language) if step.criteria else None
        return values | {"accepts": kinds, "stop": stop, "answer": answer, "criteria": criteria}
    return values | {"timing": str(item.delay.wait) if item.delay else NO_WAIT}


def apply(flow: Flow, filling: Filling, language: str, after: str | None = None) -> tuple[Flow, str]:
    """The draft with a confirmed form in it, and the key of the step it is about; raises Refused, FlowInvalid, StepNotFound.

    What has no target is new, and stands behind the item `after`, or at the end.
    """
    values, target = filling.values, filling.target
    match filling.section:
        case "general" | "course":
            return _apply_head(flow, values, language), ""
        case "summary":
            return _apply_summary(flow, values, language), ""
        case "lesson_part":
            return _apply_part(flow, target, values, language)
    if not target:
        return _add(flow, filling.section, values, after)
    return _change(flow, _get_item(flow, target), values, language), target


def _apply_head(flow: Flow, values: Mapping[str, Any], language: str) -> Flow:
    former = flow.product
    product: dict[str, Any] | None = None
    if values.get("product_name"):
        before = former.model_dump(mode="json", exclude_defaults=True) if former else {}
        product = before | {
            "name": _localized(former.name if former else None, values["product_name"], language),
            "price": values["product_price"],
            "private_group_id": values.get("private_group"),
        }
        product["paid_content"] = _paid(former.paid_content if former else None, values, language)
        product = {name: field for name, field in product.items() if field is not None}
    changes: dict[str, Any] = {"name": _localized(flow.name, values["name"], language)}
    return editing.change_head(flow, changes | ({"product": product} if flow.kind == "scenario" else {}))


def _paid(former: MessageFields | None, values: Mapping[str, Any], language: str) -> dict[str, Any] | None:
    text = values.get("paid_content")
    if not text:
        return None
    if former is None:
        return {"text": text}
    document = former.model_dump(mode="json", exclude_defaults=True)
    change, _ = change_of(former, read_message(former, language) | {"text": text}, language)
    return {name: field for name, field in (document | change).items() if field is not None}


def _localized(former: Mapping[str, str] | None, text: str, language: str) -> str | dict[str, str]:
    if not former or former.keys() == {ANY_LANGUAGE}:
        return text
    shown = language if language in former else next(iter(former))
    return {**former, shown: text}


def _apply_summary(flow: Flow, values: Mapping[str, Any], language: str) -> Flow:
    made = make_messages(values)
    if len(made) > 1:
        raise Refused("wizard-bad-summary")
    if not made:
        return editing.change_head(flow, {"summary": None})
    if flow.summary is None:
        return editing.change_head(flow, {"summary": made[0]})
    document = flow.summary.model_dump(mode="json", exclude_defaults=True)
    change, _ = change_of(flow.summary, values, language)
    summary = {name: field for name, field in (document | change).items() if field is not None}
    return editing.change_head(flow, {"summary": summary})


def _add(flow: Flow, section: str, values: Mapping[str, Any], after: str | None) -> tuple[Flow, str]:
    key = editing.new_key(flow, section)
    if section == "lesson":
        return editing.add_step(flow, _new_lesson(key, values), after), key
    made = _say_something(values)
    steps = [{"key": key, "type": section, **made[0]}]
    if section == "assignment":
        if len(made) > 1:  # the task itself comes last, for it is what is answered
            steps = [{"key": key, "type": "assignment", **made[-1]}]
            made = made[-1:] + made[:-1]
        steps[0] |= _work(values)
    else:
        steps += [
            {"key": f"{key}_{n}", "type": "message", **message} for n, message in enumerate(made[1:], start=2)
        ]
        return editing.add_steps(flow, [*_wait(flow, values), *steps], after), key
    before = [
        {"key": f"{key}_{n}", "type": "message", **message} for n, message in enumerate(made[1:], start=2)
    ]
    return editing.add_steps(flow, [*before, *steps], after), key


def _say_something(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    made = make_messages(values)
    if not made:
        raise Refused("wizard-bad-silent")
    return made


def _wait(flow: Flow, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    wait = values.get("timing") or NO_WAIT
    return [] if wait == NO_WAIT else [{"key": editing.new_key(flow, "wait"), "type": "delay", "wait": wait}]


def _new_lesson(key: str, values: Mapping[str, Any]) -> dict[str, Any]:
    lesson = {"key": key, "type": "lesson", "title": values["title"], "drip": values["day"]}
    return lesson | {"messages": _say_something(values), "complete": values["done"]}


def _work(values: Mapping[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {"stop": {"stop": True, "delayed": "delayed"}.get(values["stop"], False)}
    if values.get("accepts"):
        fields["accepts"] = values["accepts"]
    return fields | {name: values[name] for name in ("answer", "criteria") if values.get(name)}


def _change(flow: Flow, item: Item, values: Mapping[str, Any], language: str) -> Flow:
    step = item.step
    if isinstance(step, LessonStep):
        title = _localized(step.title, values["title"], language)
        changes = {"title": title, "drip": values["day"], "complete": values["done"]}
        return editing.change_step(flow, item.key, changes)
    if not isinstance(step, MessageFields):
        raise StepNotFound(item.key)
    _say_something(values)
    change, more = change_of(step, values, language)
    if isinstance(step, AssignmentStep):
        if more:
            raise Refused("wizard-bad-task")
        change |= _work_change(step, values, language)
    if change:
        flow = editing.change_step(flow, item.key, change)
    if more:
        keys = [f"{editing.key_beside(flow, item.key)}{'' if not n else f'_{n}'}" for n in range(len(more))]
        steps = [{"key": key, "type": "message", **message} for key, message in zip(keys, more, strict=True)]
        flow = editing.add_steps(flow, steps, item.key)
    return flow if isinstance(step, AssignmentStep) else _retime(flow, item, values)


def _work_change(step: AssignmentStep, values: Mapping[str, Any], language: str) -> dict[str, Any]:
    answer = values.get("answer")
    was = localize(step.in_html(step.answer), language) if step.answer else None
    change = {"accepts": values.get("accepts"), "stop": _work(values)["stop"]}
    criteria = values.get("criteria")
    if criteria != (localize(step.criteria, language) if step.criteria else None):
        change["criteria"] = _localized(step.criteria, criteria, language) if criteria else None
    if answer == was:
        return change
    return change | {"answer": _localized(step.answer, answer, language) if answer else None}


def _retime(flow: Flow, item: Item, values: Mapping[str, Any]) -> Flow:
    wait = values.get("timing") or NO_WAIT
    if item.delay is None:
        return flow if wait == NO_WAIT else editing.put_before(flow, _wait(flow, values)[0], item.key)
    if wait == NO_WAIT:
        return editing.drop_step(flow, item.delay.key)
    return editing.change_step(flow, item.delay.key, {"wait": wait})


def _find_part(flow: Flow, target: str) -> tuple[LessonStep, int]:
    key, _, number = target.partition(PART)
    step = flow.step(key)
    place = int(number or 0)
    if not isinstance(step, LessonStep) or place >= len(step.messages):
        raise StepNotFound(target)
    return step, place


def _apply_part(flow: Flow, target: str, values: Mapping[str, Any], language: str) -> tuple[Flow, str]:
    """A message of a lesson: changed, or one more behind the last."""
    key, _, number = target.partition(PART)
    made = _say_something(values)
    if not number:
        for message in made:
            flow = editing.add_message(flow, key, message)
        return flow, key
    step, place = _find_part(flow, target)
    change, more = change_of(step.messages[place], values, language)
    flow = editing.change_message(flow, key, place, change) if change else flow
    for offset, message in enumerate(more, start=1):
        flow = editing.add_message(flow, key, message, place + offset)
    return flow, key


def move(flow: Flow, key: str, by: int) -> Flow:
    """The draft with an item one place up or down, its wait with it; at the end of the list it stays."""
    items = list_items(flow)
    item = _get_item(flow, key)
    place = items.index(item)
    if not 0 <= place + by < len(items):
        return flow
    ahead = items[place + by + (1 if by > 0 else 0)] if place + by + (by > 0) < len(items) else None
    before = (ahead.delay or ahead.step).key if ahead else None
    for step in filter(None, (item.delay, item.step)):
        flow = editing.move_step(flow, step.key, before)
    return flow


def drop(flow: Flow, key: str) -> Flow:
    """The draft without an item and its wait."""
    item = _get_item(flow, key)
    for step in filter(None, (item.delay, item.step)):
        flow = editing.drop_step(flow, step.key)
    return flow


def drop_part(flow: Flow, key: str, place: int) -> Flow:
    """The draft without a message of a lesson; raises Refused for the only one."""
    step, _ = _find_part(flow, f"{key}{PART}{place}")
    if len(step.messages) == 1:
        raise Refused("wizard-bad-last-part")
    return editing.drop_message(flow, key, place)


def _get_item(flow: Flow, key: str) -> Item:
    item = find_item(flow, key)
    if item is None:
        raise StepNotFound(key)
    return item
