// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.network;

import dev.fairlead.agent.network.NodeNetwork.Mode;
import dev.fairlead.kernel.Probe;
import java.util.List;

/**
 * Which network is taken, and why.
 *
 * @param reason for the user: what was found, or what the better ones lack
 */
public record Choice(Mode mode, String reason) {
    /** The user asked for a network that this machine or process does not allow. */
    public static final class UnavailableException extends Exception {
        private static final long serialVersionUID = 1L;

        /** Says what is missing and what can be done. */
        public UnavailableException(String message) {
            super(message);
        }
    }

    /**
     * The network asked for, or for {@code auto} the first of kernel, rootless and loopback whose probes pass.
     *
     * @param asked {@code auto}, {@code kernel}, {@code rootless} or {@code loopback}
     * @param linux whether this is Linux, the only system with the first two
     * @param insideUserNamespace whether the launcher has entered a user namespace
     * @throws UnavailableException naming the feature that is missing, or the choices there are
     */
    public static Choice of(String asked, boolean linux, boolean insideUserNamespace) throws UnavailableException {
        return switch (asked) {
            case "loopback" -> new Choice(Mode.LOOPBACK, "asked for");
            case "kernel", "rootless" -> asked(asked, linux, insideUserNamespace);
            case "auto" -> best(linux, insideUserNamespace);
            default ->
                throw new UnavailableException(
                        "--network=" + asked + " is none of auto, kernel, rootless and loopback");
        };
    }

    private static Choice asked(String asked, boolean linux, boolean insideUserNamespace) throws UnavailableException {
        boolean rootless = asked.equals("rootless");
        String missing = !linux
                ? "only Linux has network namespaces"
                : rootless && !insideUserNamespace ? Probe.userNamespaces().reason() : missing();
        if (rootless && missing.isEmpty() && !insideUserNamespace) {
            missing = "it has to be started by the launcher ./fairlead, which enters a user namespace first";
        }
        if (!missing.isEmpty()) {
            throw new UnavailableException("--network=" + asked + " cannot be had here: " + missing
                    + "; --network=auto takes the best network that works");
        }
        return new Choice(rootless ? Mode.ROOTLESS : Mode.KERNEL, "asked for");
    }

    private static Choice best(boolean linux, boolean insideUserNamespace) {
        if (!linux) {
            return new Choice(Mode.LOOPBACK, "only Linux has network namespaces");
        }
        String missing = missing();
        if (!missing.isEmpty()) {
            return new Choice(Mode.LOOPBACK, missing);
        }
        return insideUserNamespace
                ? new Choice(Mode.ROOTLESS, "user namespaces allow it, and this is not root")
                : new Choice(Mode.KERNEL, "this process may make network namespaces");
    }

    private static String missing() {
        return List.of(Probe.networkNamespaces(), Probe.mountNamespaces(), Probe.transparentRelay()).stream()
                .filter(probe -> !probe.possible())
                .map(Probe::reason)
                .findFirst()
                .orElse("");
    }
}
