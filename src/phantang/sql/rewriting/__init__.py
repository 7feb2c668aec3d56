"""From a bound query and a decision to the SQL that runs (`plan`): one pass, one file, over one draft."""
