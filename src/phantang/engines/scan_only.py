"""What sources that are scanned and not queried have in common."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, NoReturn

from phantang.engines.base import Closing
from phantang.engines.sampling import Sample, Sampling
from phantang.model.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import pyarrow as pa

    from phantang.engines.base import Capabilities
    from phantang.model.names import TableName
    from phantang.model.schema import TableInfo


class ScanOnlyEngine(Closing):
    """An `Engine` that answers no questions: the gateway's guarantees are proved for DuckDB and PostgreSQL only."""

    source: str
    dialect: str
    capabilities: Capabilities

    @abstractmethod
    def introspect(self) -> tuple[TableInfo, ...]:
        """See `Engine.introspect`."""

    def unreadable(self) -> dict[TableName, int | None]:
        """See `Engine.unreadable`: a server lists only what the account may use, and a file has no accounts."""
        return {}

    @abstractmethod
    def statistics(self) -> dict[TableName, str]:
        """See `Engine.statistics`."""

    @abstractmethod
    def draw(self, name: TableName, sampling: Sampling) -> Sample:
        """See `Engine.draw`."""

    @abstractmethod
    def ping(self) -> None:
        """See `Engine.ping`."""

    def close(self) -> None:
        """See `Engine.close`: nothing is held open."""
        return

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.source!r})"

    def sample(self, name: TableName, limit: int) -> dict[str, list[str | None]]:
        """See `Engine.sample`."""
        return self.draw(name, Sampling(limit)).values

    def structures(self, names: Collection[TableName]) -> dict[TableName, str]:
        """See `Engine.structures`."""
        present = {info.name: info.structure for info in self.introspect()}
        return {name: present[name] or "" for name in names if name in present}

    def fetch(self, name: TableName, limit: int | None, without: Collection[str] = ()) -> pa.Table:  # noqa: ARG002
        """Raise `source_scan_only`."""
        self._refuse()

    def run(
        self,
        sql: str,  # noqa: ARG002
        parameters: Sequence[bytes | str] = (),  # noqa: ARG002
        *,
        timeout: float,  # noqa: ARG002
        max_rows: int | None = None,  # noqa: ARG002
    ) -> pa.Table:
        """Raise `source_scan_only`."""
        self._refuse()

    def count_distinct(self, name: TableName, column: str, timeout: float) -> int | None:  # noqa: ARG002
        """Return `None`: counting is not part of a scan here."""
        return None

    def _refuse(self) -> NoReturn:
        raise EngineError("source_scan_only", source=self.source, kind=self.dialect)
