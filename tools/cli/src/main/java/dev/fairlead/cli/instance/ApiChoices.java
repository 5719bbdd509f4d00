// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import dev.fairlead.apiserver.AuditSettings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What an instance's API allows and tells.
 *
 * @param externalIps whether Services may be given external IPs
 * @param tokens a file of static tokens; null for none
 * @param audit the audit log; null for none
 */
public record ApiChoices(
        boolean externalIps,
        @Nullable Path tokens,
        @Nullable AuditSettings audit) {
    /** External IPs, no static tokens, no audit log. */
    public static final ApiChoices USUAL = new ApiChoices(true, null, null);
}
