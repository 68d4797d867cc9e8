"""Flows with every gate we walk, nested, in loops and side by side; and some that we do not."""

from typing import Any

from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.activation import Activation

from tests.workflows.desk.mazes.oracle import again, note, pick, some, yes
from workflows.actors import Role
from workflows.desk.grammar import ActNode, _for_case, act, build


def person(name: str) -> ActNode:
    return ActNode(act(name, role=Role.PRIVACY, title=name, page=""))


def signed(activation: Activation, **given: Any) -> str:
    return f"signed {given.get('by', '')}"


def _start() -> flow.StartHandle:
    return flow.StartHandle(_for_case)


NestedFlow = build("NestedFlow", __name__, title="Nested", nodes={
    "start": _start().Next(this.outer_split),
    "outer_split": flow.Split().Next(this.left).Next(this.right).Next(this.maybe, case=some(1)),
    "left": person("left").Next(this.inner_split),
    "inner_split": flow.Split().Next(this.deep).Next(this.work).Next(this.aside, case=some(2)),
    "deep": person("deep").Next(this.inner_join),
    "work": flow.Function(note).Next(this.inner_join),
    "aside": flow.View(None).Next(this.inner_join),
    "inner_join": flow.Join().Next(this.outer_join),
    "right": flow.Handle(signed).Next(this.is_long),
    "is_long": flow.If(yes).Then(this.longer).Else(this.outer_join),
    "longer": person("longer").Next(this.outer_join),
    "maybe": flow.Function(note).Next(this.outer_join),
    "outer_join": flow.Join().Next(this.once_more),
    "once_more": flow.If(again).Then(this.outer_split).Else(this.way),
    "way": (
        flow.Switch().Case(this.last, pick(0, 3)).Case(this.record, pick(1, 3)).Default(this.end)
    ),
    "record": flow.Function(note).Next(this.last),
    "last": person("last").Next(this.end),
    "end": flow.End(),
})  # fmt: skip

GatesFlow = build("GatesFlow", __name__, title="Gates", nodes={
    "start": _start().Next(this.first),
    "first": flow.If(yes).Then(this.note_it).Else(this.choose),
    "note_it": flow.Function(note).Next(this.choose),
    "choose": (
        flow.Switch()
        .Case(this.ask, pick(0, 4)).Case(this.sign, pick(1, 4)).Case(this.tell, pick(2, 4))
        .Default(this.check)
    ),
    "ask": person("ask").Next(this.first),
    "sign": flow.Handle().Next(this.check),
    "tell": flow.SendHandle(note).Next(this.check),
    "check": flow.If(again).Then(this.choose).Else(this.rule),
    "rule": flow.BusinessRule(note).Next(this.fork),
    "fork": flow.If(yes).Then(this.confirm).Else(this.other_end),
    "confirm": flow.View(None).Next(this.end),
    "other_end": flow.End(),
    "end": flow.End(),
})  # fmt: skip

ApartFlow = build("ApartFlow", __name__, title="Apart", nodes={
    "start": _start().Next(this.part),
    "part": flow.Split().Next(this.one).Next(this.two).Next(this.three, case=some(1)),
    "one": person("one").Next(this.end_one),
    "two": flow.Handle(signed).Next(this.more),
    "more": flow.If(again).Then(this.two_again).Else(this.end_two),
    "two_again": person("two_again").Next(this.more),
    "three": person("three").Next(this.end_three),
    "end_one": flow.End(),
    "end_two": flow.End(),
    "end_three": flow.End(),
})  # fmt: skip

StraightFlow = build("StraightFlow", __name__, title="Straight", nodes={
    "start": _start().Next(this.part),
    "part": (
        flow.Split().Next(this.meet).Next(this.slow, case=some(1)).Next(this.meet)
        .Next(this.quick, case=some(2))
    ),
    "slow": person("slow").Next(this.meet),
    "quick": flow.Function(note).Next(this.meet),
    "meet": flow.Join().Next(this.turn),
    "turn": flow.If(again).Then(this.part).Else(this.end),
    "end": flow.End(),
})  # fmt: skip

# A join before anything was split, two splits in a row, and a join that closes both.
TwiceFlow = build("TwiceFlow", __name__, title="Twice", nodes={
    "start": _start().Next(this.alone),
    "alone": flow.Join().Next(this.first_split),
    "first_split": flow.Split().Next(this.second_split).Next(this.apart),
    "second_split": flow.Split().Next(this.here).Next(this.there),
    "here": person("here").Next(this.close_second),
    "there": person("there").Next(this.is_there),
    "is_there": flow.If(again).Then(this.there).Else(this.close_second),
    "close_second": flow.Join().Next(this.close_first),
    "apart": person("apart").Next(this.close_first),
    "close_first": flow.Join().Next(this.end),
    "end": flow.End(),
})  # fmt: skip


def somebody(activation: Activation) -> object | None:
    return object() if yes(activation) else None


OwnedFlow = build("OwnedFlow", __name__, title="Owned", nodes={
    "start": _start().Next(this.granted),
    "granted": flow.View(None).Permission("workflows.view_task").Next(this.given),
    "given": flow.View(None).Assign(somebody).Next(this.asked),
    "asked": flow.View(None).Permission(lambda activation: "workflows.x").Next(this.back),
    "back": flow.If(again).Then(this.given).Else(this.end),
    "end": flow.End(),
})  # fmt: skip

WALKED = [NestedFlow, GatesFlow, ApartFlow, StraightFlow, TwiceFlow, OwnedFlow]

EarlyFlow = build("EarlyFlow", __name__, title="Early", nodes={
    "start": _start().Next(this.part),
    "part": flow.Split().Next(this.one).Next(this.two),
    "one": person("one").Next(this.meet),
    "two": person("two").Next(this.meet),
    "meet": flow.Join(continue_on_condition=lambda activation, active: True).Next(this.stop),
    "stop": flow.TerminateEnd(),
})  # fmt: skip

LEFT_TO_VIEWFLOW = [EarlyFlow]
