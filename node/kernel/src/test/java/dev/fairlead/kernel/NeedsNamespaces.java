// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips a test class, with the reason, where the kernel does not let this process make namespaces. */
public final class NeedsNamespaces implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Probe probe = Probe.networkNamespaces();
        return probe.possible()
                ? ConditionEvaluationResult.enabled("network namespaces can be made")
                : ConditionEvaluationResult.disabled(probe.toString());
    }
}
