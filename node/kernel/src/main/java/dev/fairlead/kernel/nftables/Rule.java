// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.nftables;

import java.util.List;

/**
 * A rule: a program that runs until an expression does not match.
 *
 * @param chain the chain it stands in, after those before it
 * @param comment what {@code nft list} prints beside it, at most 120 bytes; empty for none
 */
public record Rule(String chain, List<Expression> program, String comment) {
    /** A rule without a comment. */
    public static Rule of(String chain, Expression... program) {
        return new Rule(chain, List.of(program), "");
    }

    /** The same with a comment. */
    public Rule saying(String text) {
        return new Rule(chain, program, text);
    }
}
