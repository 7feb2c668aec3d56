"""Sample national databases: six registers of one invented population, with the faults real registers have.

Pure: code lists come in as text, tables go out as Arrow. Nothing is taken from a real register; the same arguments
give the same bytes on every run.
"""

from phantang.samples.build import CITIZENS, SEED, build_registers
from phantang.samples.code_lists import DEMO_COMMUNE, LISTS
from phantang.samples.database import SampleDatabase
from phantang.samples.families import AS_OF
from phantang.samples.identifiers import DEMO_CITIZEN_CCCD

__all__ = [
    "AS_OF",
    "CITIZENS",
    "DEMO_CITIZEN_CCCD",
    "DEMO_COMMUNE",
    "LISTS",
    "SEED",
    "SampleDatabase",
    "build_registers",
]
