"""The passes of the rewrite, one file each, in the order of `phantang.sql.rewriting.plan.PASSES`.

A pass takes the draft and changes it; it refuses loudly if what it needs has not been done.
"""
