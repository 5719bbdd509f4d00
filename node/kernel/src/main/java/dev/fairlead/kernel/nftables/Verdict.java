// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.nftables;

/** What becomes of a packet, or where it is looked at next. */
public sealed interface Verdict {
    /** It is discarded. */
    record Drop() implements Verdict {}

    /** This hook is done with it. */
    record Accept() implements Verdict {}

    /** Back to the chain that jumped here. */
    record Return() implements Verdict {}

    /** Another chain, and back. */
    record Jump(String chain) implements Verdict {}

    /** Another chain, not back. */
    record GoTo(String chain) implements Verdict {}

    /** NF_DROP, NF_ACCEPT or NFT_*. */
    default int code() {
        return switch (this) {
            case Drop _ -> 0;
            case Accept _ -> 1;
            case Jump _ -> -3;
            case GoTo _ -> -4;
            case Return _ -> -5;
        };
    }

    /** The chain it names, empty when none. */
    default String target() {
        return switch (this) {
            case Jump(String chain) -> chain;
            case GoTo(String chain) -> chain;
            case Drop _, Accept _, Return _ -> "";
        };
    }

    /** The verdict of a code and the chain with it. */
    static Verdict of(int code, String chain) {
        return switch (code) {
            case 0 -> new Drop();
            case 1 -> new Accept();
            case -3 -> new Jump(chain);
            case -4 -> new GoTo(chain);
            case -5 -> new Return();
            default -> throw new IllegalArgumentException("a verdict of code " + code);
        };
    }
}
