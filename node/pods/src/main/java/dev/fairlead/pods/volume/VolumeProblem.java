// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.volume;

/** Why a volume cannot be mounted as it is written. */
public final class VolumeProblem extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean forGood;

    VolumeProblem(boolean forGood, String message) {
        super(message);
        this.forGood = forGood;
    }

    /** Whether nothing but another pod will change it. */
    public boolean forGood() {
        return forGood;
    }
}
