"""`make bench`: the speeds that are promised, each against a floor measured in the same run."""
