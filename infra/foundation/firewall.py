"""What the load balancer turns away before a service sees it: known attacks, and who asks too often."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.component import Component
from infra.foundation.logs import log_group
from infra.foundation.priced import MANAGED
from infra.scope import Scope

_AS_THEY_ARE = aws.wafv2.WebAclRuleOverrideActionArgs(
    none=aws.wafv2.WebAclRuleOverrideActionNoneArgs(),  # type: ignore[no-untyped-call]
)


@dataclass(frozen=True)
class FirewallArgs:
    balancer_arn: pulumi.Input[str]
    requests_per_ip: int
    log_key_arn: pulumi.Input[str]


class Firewall(Component):
    def __init__(self, scope: Scope, args: FirewallArgs) -> None:
        super().__init__(scope.name("firewall"), scope)
        self.rules = aws.wafv2.WebAcl(
            scope.name("firewall"),
            scope="REGIONAL",
            description="Tandem at the load balancer",
            default_action=aws.wafv2.WebAclDefaultActionArgs(allow=aws.wafv2.WebAclDefaultActionAllowArgs()),
            rules=[self._rate(args.requests_per_ip), *(self._managed(i, name) for i, name in enumerate(MANAGED, 1))],
            visibility_config=aws.wafv2.WebAclVisibilityConfigArgs(
                cloudwatch_metrics_enabled=True, metric_name=scope.name("firewall"), sampled_requests_enabled=True
            ),
            tags=scope.tags(),
            opts=self.opts,
        )
        aws.wafv2.WebAclAssociation(
            scope.name("firewall"), resource_arn=args.balancer_arn, web_acl_arn=self.rules.arn, opts=self.opts
        )
        # The firewall writes only to groups whose names begin so.
        logs = log_group(scope, "firewall", args.log_key_arn, self.opts, prefix="aws-waf-logs-tandem")
        aws.wafv2.WebAclLoggingConfiguration(
            scope.name("firewall"),
            resource_arn=self.rules.arn,
            log_destination_configs=[logs.arn],
            redacted_fields=[
                aws.wafv2.WebAclLoggingConfigurationRedactedFieldArgs(
                    single_header=aws.wafv2.WebAclLoggingConfigurationRedactedFieldSingleHeaderArgs(
                        name="authorization"
                    )
                )
            ],
            opts=self.opts,
        )

    def _rate(self, requests_per_ip: int) -> aws.wafv2.WebAclRuleArgs:
        return aws.wafv2.WebAclRuleArgs(
            name="rate",
            priority=0,
            action=aws.wafv2.WebAclRuleActionArgs(block=aws.wafv2.WebAclRuleActionBlockArgs()),
            statement=aws.wafv2.WebAclRuleStatementArgs(
                rate_based_statement=aws.wafv2.WebAclRuleStatementRateBasedStatementArgs(
                    aggregate_key_type="IP", limit=requests_per_ip, evaluation_window_sec=300
                )
            ),
            visibility_config=self._visible("rate"),
        )

    def _managed(self, priority: int, name: str) -> aws.wafv2.WebAclRuleArgs:
        return aws.wafv2.WebAclRuleArgs(
            name=name,
            priority=priority,
            override_action=_AS_THEY_ARE,
            statement=aws.wafv2.WebAclRuleStatementArgs(
                managed_rule_group_statement=aws.wafv2.WebAclRuleStatementManagedRuleGroupStatementArgs(
                    name=name, vendor_name="AWS"
                )
            ),
            visibility_config=self._visible(name),
        )

    def _visible(self, name: str) -> aws.wafv2.WebAclRuleVisibilityConfigArgs:
        return aws.wafv2.WebAclRuleVisibilityConfigArgs(
            cloudwatch_metrics_enabled=True,
            metric_name=self.scope.name("firewall", name),
            sampled_requests_enabled=True,
        )
