// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.demo;

/** The parts of the shop's day. */
enum Phase {
    STEADY("steady", "steady"),
    UP("scale 3 to 5", "3 to 5"),
    DOWN("scale 5 to 2", "5 to 2"),
    KILL("kill", "kill"),
    UNREADY("unready", "unready"),
    ROLLOUT("rollout", "rollout");

    private final String text;
    private final String brief;

    Phase(String text, String brief) {
        this.text = text;
        this.brief = brief;
    }

    String text() {
        return text;
    }

    /** For a narrow column. */
    String brief() {
        return brief;
    }
}
