"""Kinds of jobs for the tests of the runner; an app of its own, as jobs of real apps are found."""
