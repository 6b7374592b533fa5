"""How tasks run."""

from __future__ import annotations

import re

from infra.policies.estate import Broken, Estate

_DIGEST = re.compile(r"\S+@sha256:[0-9a-f]{64}")


def containers_cannot_change_themselves(estate: Estate) -> Broken:
    for task, container in estate.containers():
        if container.get("readonlyRootFilesystem") is not True:
            yield f"{task.name}: {container['name']} can write to its root"


def containers_are_nobody(estate: Estate) -> Broken:
    for task, container in estate.containers():
        user = str(container.get("user", "0")).partition(":")[0]
        if not user.isdigit() or int(user) == 0 or container.get("privileged"):
            yield f"{task.name}: {container['name']} runs as {user}"


def containers_have_no_capabilities(estate: Estate) -> Broken:
    for task, container in estate.containers():
        capabilities = container.get("linuxParameters", {}).get("capabilities", {})
        if capabilities.get("drop") != ["ALL"] or capabilities.get("add"):
            yield f"{task.name}: {container['name']} keeps capabilities"


def containers_log(estate: Estate) -> Broken:
    groups = {group.inputs["name"] for group in estate.of("cloudwatch/logGroup:LogGroup")}
    for task, container in estate.containers():
        if container.get("logConfiguration", {}).get("options", {}).get("awslogs-group") not in groups:
            yield f"{task.name}: {container['name']} logs nowhere"


def tasks_are_limited(estate: Estate) -> Broken:
    for task in estate.of("ecs/taskDefinition:TaskDefinition"):
        if not task.inputs.get("cpu") or not task.inputs.get("memory"):
            yield f"{task.name} has no limits"


def images_are_named_by_digest(estate: Estate) -> Broken:
    for task, container in estate.containers():
        if not _DIGEST.fullmatch(container["image"]):
            yield f"{task.name} runs {container['image']}"


def services_are_looked_after(estate: Estate) -> Broken:
    checked = {container["name"] for _, container in estate.containers() if container.get("healthCheck")}
    for name in estate.product.services:
        if name not in checked:
            yield f"{name} has no health check"


def readiness_decides_who_gets_requests(estate: Estate) -> Broken:
    for targets in estate.of("lb/targetGroup:TargetGroup"):
        if targets.inputs.get("healthCheck", {}).get("path") != "/readyz":
            yield f"{targets.name} does not ask /readyz"


def nobody_opens_a_shell_in_a_task(estate: Estate) -> Broken:
    for name, service in estate.services():
        if service.inputs.get("enableExecuteCommand") is not False:
            yield f"{name} lets in by `ecs execute-command`"


def services_scale(estate: Estate) -> Broken:
    targets = {str(one.inputs["resourceId"]): one.inputs for one in estate.of("appautoscaling/target:Target")}
    policies = {one.inputs["resourceId"] for one in estate.of("appautoscaling/policy:Policy")}
    for name in estate.product.services:
        [found] = [key for key in targets if key.endswith(f"/{estate.called(name)}")] or [""]
        if not found or found not in policies or targets[found]["minCapacity"] >= targets[found]["maxCapacity"]:
            yield f"{name} does not scale"


def names_begin_with_product_and_stage(estate: Estate) -> Broken:
    free = {"lb/targetGroup:TargetGroup": "a balancer's target group has 32 characters, and tags"}
    for resource in estate.resources:
        if not resource.name.startswith(f"{estate.called()}-") and resource.type.removeprefix("aws:") not in free:
            yield f"{resource.type} {resource.name} should begin with {estate.called()}"


def everything_that_can_be_is_tagged(estate: Estate) -> Broken:
    for resource in estate.resources:
        takes_tags = "tags" in resource.inputs or resource.type in _TAGGED
        if takes_tags and not {"product", "stage", "part", "managed-by"} <= set(resource.inputs.get("tags", {})):
            yield f"{resource.type} {resource.name} lacks tags"


_TAGGED = {
    f"aws:{kind}"
    for kind in (
        "cloudwatch/metricAlarm:MetricAlarm",
        "ec2/securityGroup:SecurityGroup",
        "ec2/subnet:Subnet",
        "ec2/vpc:Vpc",
        "ecs/cluster:Cluster",
        "ecs/service:Service",
        "ecs/taskDefinition:TaskDefinition",
        "iam/role:Role",
        "kms/key:Key",
        "lambda/function:Function",
        "lb/loadBalancer:LoadBalancer",
        "lb/targetGroup:TargetGroup",
        "rds/instance:Instance",
        "s3/bucket:Bucket",
        "secretsmanager/secret:Secret",
        "sns/topic:Topic",
        "sqs/queue:Queue",
    )
}

CHECKS = (
    containers_cannot_change_themselves,
    containers_are_nobody,
    containers_have_no_capabilities,
    containers_log,
    tasks_are_limited,
    images_are_named_by_digest,
    services_are_looked_after,
    readiness_decides_who_gets_requests,
    nobody_opens_a_shell_in_a_task,
    services_scale,
    names_begin_with_product_and_stage,
    everything_that_can_be_is_tagged,
)
