"""Courses that authors change."""

from dataclasses import dataclass


@dataclass(frozen=True)
class VersionPublished:
    """A flow has a new version."""

    flow_id: int
    version_id: int


@dataclass(frozen=True)
class FlowDeployed:
    """A flow is on a bot, as it may have been before."""

    flow_id: int


@dataclass(frozen=True)
class DeploymentChanged:
    """A deployment has other settings than before."""

    deployment_id: int
