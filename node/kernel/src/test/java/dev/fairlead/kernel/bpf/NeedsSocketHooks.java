// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.bpf;

import dev.fairlead.kernel.Probe;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips a test class, with the reason, where the kernel takes no programs at sockets from this process. */
public final class NeedsSocketHooks implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Probe probe = Probe.socketHooks();
        return probe.possible()
                ? ConditionEvaluationResult.enabled("programs can be attached")
                : ConditionEvaluationResult.disabled(probe.toString());
    }
}
