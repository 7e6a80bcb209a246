"""The verbs of the life of an issue, one module a subject; each goes through `issues.services.workflow`."""
