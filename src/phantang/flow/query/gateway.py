"""The path of one query, top to bottom: resolve, decide, plan, guard, record the intent, run, record the outcome."""

from __future__ import annotations

import time
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Self, Unpack

from phantang import catalog, engines, sql
from phantang.flow.clock import Clock
from phantang.flow.policy.bundle import policy_engine
from phantang.flow.policy.grants import consented
from phantang.flow.policy.input import policy_input, present_assets
from phantang.flow.policy.remedy import remedy_of
from phantang.flow.query.answers import Answers
from phantang.flow.query.asked import Question, request_of, same_spelt
from phantang.flow.query.events import decision_event, outcome_event
from phantang.flow.query.explanation import Explanation
from phantang.flow.query.structure import StructureCheck, compared_tables
from phantang.model.errors import GuardError, InputError, PhantangError, PolicyError, Refused
from phantang.model.request import Receipt
from phantang.model.requesters import organisation_of
from phantang.store import LedgerStore, Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

    import pyarrow as pa

    from phantang.flow.query.noise import Noise
    from phantang.model.catalog import Asset, Snapshot
    from phantang.model.decision import Decision
    from phantang.model.request import Grounds, Request
    from phantang.model.requesters import Organisation
    from phantang.pdp import PolicyEngine

#: What a query is denied with rather than raised: it was not understood, policy failed, or the guard objected.
_DENIALS = (Refused, PolicyError, GuardError)


class Denied(PhantangError):  # noqa: N818 - a denial is an answer, not a fault
    """Raised by `Gateway.query` for a denied query; `explanation` says why and what would pass."""

    def __init__(self, explanation: Explanation) -> None:
        self.explanation = explanation
        denial = explanation.denial
        super().__init__(denial.code, **denial.params)

    def __str__(self) -> str:
        """Return what was denied, each reason of it and what would pass, in English, for whoever sees no more."""
        told = [text for one in self.explanation.denials for text in (one.message.get("en"), one.remedy.get("en"))]
        if not told:
            return super().__str__()
        passes = [f"What would pass: {remedy.text('en')}."] if (remedy := self.explanation.remedy) else []
        return " ".join([self.message(), *dict.fromkeys(filter(None, told)), *passes, f"[{self.code}]"])


class Answer:
    """Rows and the receipt that proves the decision behind them was recorded first; `noise` if counts are noisy."""

    def __init__(self, table: pa.Table, explanation: Explanation, receipt: Receipt, noise: Noise | None = None) -> None:
        self.table = table
        self.explanation = explanation
        self.receipt = receipt
        self.noise = noise


class Gateway:
    """One workspace opened for questions: one catalog snapshot, one policy revision, one ledger."""

    def __init__(self, workspace: Workspace, snapshot: Snapshot, policy: PolicyEngine, ledger: LedgerStore) -> None:
        self.workspace = workspace
        self.snapshot = snapshot
        self.policy = policy
        self.ledger = ledger
        self._engines: dict[str, engines.Engine] = {}
        self._cache = sql.QueryCache()
        self._structure = StructureCheck()
        settings = workspace.settings
        self._answers = Answers(workspace.usage(), settings.query_answers_days, settings.query_refusals_a_day)
        self._assets: dict[str, tuple[Asset, ...]] = {}

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Open the workspace folder at `path`.

        Raises `WorkspaceError` for an unusable workspace file, `PolicyError` for a bundle that does not compile.
        """
        workspace = Workspace.open(path)
        snapshot = catalog.parse_snapshot(workspace.catalog_files())
        return cls(workspace, snapshot, policy_engine(workspace, snapshot.tags), workspace.ledger())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database connections."""
        while self._engines:
            self._engines.popitem()[1].close()

    def explain(
        self,
        statement: str,
        *,
        subject: str,
        purpose: str,
        source: str | None = None,
        dialect: str | None = None,
        channel: str = "python",
        **grounds: Unpack[Grounds],
    ) -> Explanation:
        """Decide and plan without running, and record the decision.

        A denial is returned, not raised. Raises `InputError` for an unknown subject, purpose, source or dialect, and
        `LedgerError` if the decision cannot be recorded.
        """
        asked = Question(statement, subject, purpose, source, dialect, channel, grounds)
        request = request_of(asked, self.workspace, self.snapshot)
        explanation, document = self._decide(request)
        if explanation.allowed and {"min_group_size", "lookups_per_day"} & explanation.obligations.keys():
            explanation = replace(explanation, at_run=self._foresee(explanation))
        return self._record("explain", (explanation, document))

    def query(
        self,
        statement: str,
        *,
        subject: str,
        purpose: str,
        source: str | None = None,
        channel: str = "python",
        **grounds: Unpack[Grounds],
    ) -> Answer:
        """Decide, record the intent, run the planned SQL, record the outcome, and return Arrow rows.

        Raises `Denied` for a denial, `Refused` for what only shows when a query is about to run (`catalog_drift` and
        the codes of `Answers.answer`), `EngineError` when the database fails, and otherwise as `explain`. Nothing runs
        unless the intent is on disk (invariant 8).
        """
        asked = Question(statement, subject, purpose, source, None, channel, grounds)
        return self._run(request_of(asked, self.workspace, self.snapshot))

    def respell(self, statement: str, first: Answer) -> Answer:
        """Ask again what `first` answered, in other letter case or Unicode form; it is not counted as another lookup.

        Decided, recorded and run like any query. Raises `InputError` `respelled` where anything else differs, and as
        `query`.
        """
        before = first.explanation
        request = replace(before.request, sql=statement)
        again = self._cache.resolve(statement, request.dialect, self._assets_of(request.source), self.snapshot.digest)
        if before.resolved is None or not same_spelt(before.resolved, again):
            raise InputError("respelled")
        return self._run(request, counted=False)

    def _run(self, request: Request, *, counted: bool = True) -> Answer:
        explanation = self._record("intent", self._decide(request))
        plan, receipt = explanation.plan, explanation.receipt
        if plan is None or receipt is None:
            raise Denied(explanation)
        holder = organisation_of(request.subject, self.snapshot.agencies)
        started = time.perf_counter()
        try:
            engine = self.engine(request.source)
            others = compared_tables(explanation)
            self._structure.require(engine, explanation.footprint, self.snapshot.assets, others)
            run = partial(engine.run, **self._bounds())
            assets, secrets = self._assets_of(request.source), self._secrets(request, holder)
            table, noise = self._answers.answer(explanation, holder, assets, secrets, run, counted=counted)
        except BaseException as error:  # whatever stopped it, Ctrl-C too, the intent has an outcome
            self.ledger.append("outcome", outcome_event(receipt, error=error), receipt.decision_id)
            raise
        seconds = time.perf_counter() - started
        outcome = outcome_event(receipt, rows=table.num_rows, seconds=seconds, noise=noise)
        self.ledger.append("outcome", outcome, receipt.decision_id)
        return Answer(table, explanation, receipt, noise)

    def _foresee(self, explanation: Explanation) -> str | None:
        """Return the code that a query would be refused with now for what was asked before; nothing is recorded."""
        request = explanation.request

        def run(statement: str, bound: list[bytes], **bounds: int) -> pa.Table:
            return self.engine(request.source).run(statement, bound, **{**self._bounds(), **bounds})

        holder = organisation_of(request.subject, self.snapshot.agencies)
        assets, secrets = self._assets_of(request.source), self._secrets(request, holder)
        return self._answers.foresee(explanation, holder, assets, secrets, run)

    def _secrets(self, request: Request, holder: Organisation) -> Mapping[str, bytes]:
        """Return the key of tokens, and that under which it is counted about whom an organisation asked."""
        return {
            "token_key": self.workspace.token_key(request.subject, request.purpose),
            "person_key": self.workspace.token_key(holder.id, request.purpose),
        }

    def _bounds(self) -> Mapping[str, Any]:
        settings = self.workspace.settings
        return {"timeout": settings.query_timeout_seconds, "max_rows": settings.query_max_rows}

    def engine(self, source: str) -> engines.Engine:
        """Return the open connection to `source`, opening it on first use."""
        if source not in self._engines:
            self._engines[source] = engines.connect(self.workspace.source_url(source), source)
        return self._engines[source]

    def _decide(self, request: Request) -> tuple[Explanation, dict[str, Any] | None]:
        """Run the pure part of the path; every failure of it is a denial that says how far it came."""
        clock = Clock()
        assets = self._assets_of(request.source)
        known: dict[str, Any] = {}
        document: dict[str, Any] | None = None
        try:
            if not assets:
                raise Refused("source_not_scanned", source=request.source)
            cached = self._cache.resolve(request.sql, request.dialect, assets, self.snapshot.digest)
            known["resolved"] = cached
            footprint = known["footprint"] = cached.footprint
            clock.lap("resolve")
            agency, purpose = self.snapshot.agencies[request.subject], self.snapshot.purposes[request.purpose]
            established = {
                "own": cached.query.looked_up_by(request.identity) if request.identity else frozenset(),
                "consented": consented(request, self.snapshot, cached.query, self.workspace.consent_key),
            }
            document = policy_input(request, agency, purpose, footprint, self.snapshot, _now(), established)
            decision: Decision = self.policy.decide(document)
            known["decision"] = decision
            clock.lap("decide")
            if not decision.allow:
                known["remedy"] = remedy_of(document, decision, self.policy, assets, self.snapshot)
                clock.lap("remedy")
            if decision.allow:
                plan = cached.plan(decision)
                if plan is None:
                    plan = sql.plan(cached.query, decision, assets)
                    clock.lap("plan")
                    sql.guard(plan, decision, assets)
                    clock.lap("guard")
                    cached.keep(decision, plan)
                else:
                    clock.lap("plan")
                known["plan"] = plan
        except _DENIALS as error:
            known["error"] = error
        explanation = Explanation(
            request=request,
            decision_id=str(uuid.uuid4()),
            catalog_revision=self.snapshot.digest,
            policy_revision=self.policy.revision,
            stages=clock.stages,
            assets=assets,
            **known,
        )
        return explanation, document

    def _record(self, kind: str, decided: tuple[Explanation, dict[str, Any] | None]) -> Explanation:
        explanation, document = decided
        started = time.perf_counter()
        entry = self.ledger.append(kind, decision_event(explanation, document), explanation.decision_id)
        stages = {**explanation.stages, "ledger": time.perf_counter() - started}
        receipt = Receipt(
            decision_id=explanation.decision_id,
            index=entry.index,
            entry_hash=entry.entry_hash,
            root_hash=entry.root_hash,
            tree_size=entry.tree_size,
            checkpoint=entry.checkpoint,
            catalog_revision=explanation.catalog_revision,
            policy_revision=explanation.policy_revision,
            case_id=explanation.request.case_id,
        )
        return explanation.recorded(receipt, stages)

    def _assets_of(self, source: str) -> tuple[Asset, ...]:
        if source not in self._assets:
            self._assets[source] = present_assets(self.snapshot, source)
        return self._assets[source]


def _now() -> datetime:
    return datetime.now(UTC)
