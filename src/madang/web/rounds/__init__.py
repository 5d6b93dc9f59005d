"""Collection rounds (취합): one form, a due date, many departments, one version at the end."""
