// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.access;

/**
 * Whether somebody may do something.
 *
 * @param reason what allows it; when nothing does, what may be amiss, or empty
 */
public record Decision(boolean allowed, String reason) {
    /** Allowed to members of {@link Authorizer#MASTERS}, whom no rule has to name. */
    public static final Decision OF_MASTERS = new Decision(
            true,
            "RBAC: allowed by ClusterRoleBinding \"cluster-admin\" of ClusterRole \"cluster-admin\" to Group \""
                    + Authorizer.MASTERS + "\"");
}
