// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.layout;

import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.kernel.nftables.Bytes;
import dev.fairlead.kernel.nftables.Expression;
import dev.fairlead.kernel.nftables.Expression.Bits;
import dev.fairlead.kernel.nftables.Expression.IsIn;
import dev.fairlead.kernel.nftables.Expression.Load;
import dev.fairlead.kernel.nftables.Expression.LoadMeta;
import dev.fairlead.kernel.nftables.Expression.Look;
import dev.fairlead.kernel.nftables.Expression.Meta;
import dev.fairlead.kernel.nftables.Expression.StoreMeta;
import dev.fairlead.kernel.nftables.Expression.UpdateSet;
import dev.fairlead.kernel.nftables.Expression.UpdateSet.Change;
import dev.fairlead.kernel.nftables.Family;
import dev.fairlead.kernel.nftables.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How an endpoint is drawn from a pool whose number is in the mark.
 *
 * <p>How this works: a pool of size n has the class c with {@code 2^(c-1) < n <= 2^c}. A rule draws a slot below 2^c; if it
 * is empty the rule does not match and the next draws again, four times; then one draws below 2^(c-1), which is always
 * there. With n = 5, c = 3: a draw misses with 3/8, all four with 2 %, and those go to the slots 0 to 3. So a pool may grow
 * and shrink within its class without its entrances changing, and a slot that is taken away while a packet is between two
 * lookups costs nothing but another draw.
 *
 * <p>Each class has a map of endpoints of its own, since the kernel looks at every rule of a map for every element that is
 * put into it. A pool that changes its class while a packet is on its way there is found by the chain {@code lost}, which
 * looks for slot 0 everywhere. It misses a pool that shrinks meanwhile into a class it has looked at already: then the packet
 * is dropped, and the client sends it again.
 *
 * <p>Affinity: {@code clients} remembers where a client of a route went, {@code live} whether that endpoint still serves
 * the pool. What is remembered and not live is forgotten and drawn anew. When {@code clients} is full, clients are served
 * all the same, unheld.
 */
record Drawing(Maps maps, Words words) {
    private static final int DRAWS = 4;
    // registers of 4 bytes; an address and a port need up to five, a client's key is in 0 to 4
    private static final int SCRATCH = 0;
    private static final int BEFORE_FOUND = 4;
    private static final int FOUND = 5;
    private static final int NUMBER = 10;
    private static final int COPY = 11;
    /** Bytes that one instruction takes at most. */
    private static final int COPIED = 16;

    private static final Bytes NONE = Bytes.mark(0);

    String pick(int power) {
        return maps.named("pick") + "-" + power;
    }

    String lost() {
        return maps.named("lost");
    }

    String hold(int seconds, int power) {
        return maps.named("hold") + "-" + seconds + "-" + power;
    }

    /** Rules that draw, do what is said, and send the packet there; one after another until one matches. */
    List<List<Expression>> programs(int power, List<Expression> then) {
        List<List<Expression>> programs = new ArrayList<>();
        for (Expression draw : draws(power)) {
            List<Expression> program = new ArrayList<>(number());
            program.add(draw);
            program.add(new Look(maps.endpoints(power), NUMBER, FOUND));
            program.addAll(then);
            program.addAll(go());
            programs.add(List.copyOf(program));
        }
        return programs;
    }

    /** Rules for a packet whose pool was not where its class said: slot 0, wherever it is now. */
    List<List<Expression>> found() {
        List<List<Expression>> programs = new ArrayList<>();
        for (int power = 0; power < Words.CLASSES; power++) {
            List<Expression> program = new ArrayList<>(number());
            program.add(new Load(NUMBER + 1, NONE));
            program.add(new Look(maps.endpoints(power), NUMBER, FOUND));
            program.addAll(go());
            programs.add(List.copyOf(program));
        }
        return programs;
    }

    private static List<Expression> draws(int power) {
        int slot = NUMBER + 1;
        if (power == 0) {
            return List.of(new Load(slot, NONE));
        }
        List<Expression> draws = new ArrayList<>();
        int tries = power == 1 ? 1 : DRAWS; // a pool of class 1 has both slots
        for (int i = 0; i < tries; i++) {
            draws.add(new Expression.RandomNumber(slot, 1 << power));
        }
        if (power > 1) {
            draws.add(new Expression.RandomNumber(slot, 1 << power - 1));
        }
        return draws;
    }

    private List<Expression> number() {
        return List.of(new LoadMeta(Meta.MARK, NUMBER), new Bits(NUMBER, NUMBER, words.numberMask(), NONE));
    }

    /** Leaves nothing but the masquerade bit in the mark, and sends the packet to what was found. */
    private List<Expression> go() {
        int port = FOUND + maps.width() / 4;
        Family family = maps.family() == IpFamily.IPV4 ? Family.IPV4 : Family.IPV6;
        return List.of(
                new LoadMeta(Meta.MARK, SCRATCH),
                new Bits(SCRATCH, SCRATCH, words.masqueradeMask(), NONE),
                new StoreMeta(Meta.MARK, SCRATCH),
                new Expression.DestinationNat(family, FOUND, port));
    }

    /** The rules for clients that are held. */
    List<List<Expression>> holding(int seconds, int power) {
        Duration time = Duration.ofSeconds(seconds);
        List<List<Expression>> programs = new ArrayList<>();
        List<Expression> again = new ArrayList<>(client());
        again.add(new Look(maps.clients(), 0, FOUND));
        again.addAll(copy());
        again.addAll(number());
        again.add(new IsIn(maps.live(), NUMBER));
        again.add(new UpdateSet(maps.clients(), Change.UPDATE, 0, COPY, time, false));
        again.addAll(go());
        programs.add(List.copyOf(again));
        List<Expression> forget = new ArrayList<>(client());
        forget.add(new Look(maps.clients(), 0, FOUND));
        forget.addAll(copy());
        forget.add(new UpdateSet(maps.clients(), Change.DELETE, 0, COPY, Duration.ZERO, false));
        programs.add(List.copyOf(forget));
        UpdateSet remember = new UpdateSet(maps.clients(), Change.ADD, 0, COPY, time, false);
        List<Expression> copyAndRemember = new ArrayList<>(copy());
        copyAndRemember.add(remember);
        for (List<Expression> program : programs(power, copyAndRemember)) {
            List<Expression> withClient = new ArrayList<>(client());
            withClient.addAll(program);
            programs.add(List.copyOf(withClient));
        }
        programs.add(List.of(new Expression.Decide(new Verdict.GoTo(pick(power)))));
        return programs;
    }

    /**
     * Copies what was found. The kernel needs no copy, but the nft tool (seen with 1.0.6) aborts when it lists a rule that uses
     * what a map gave as a part of a key or as data. It remembers for each register what was last written from there on: so
     * it is shown a piece of the packet as long as what was found, which is covered by copies that begin elsewhere.
     */
    private List<Expression> copy() {
        List<Expression> copy = new ArrayList<>();
        copy.add(new Ruleset.Header(maps).from(maps.width() + 4, COPY));
        for (int from = 0; from < maps.width() + 8; from += COPIED) {
            int[] mask = new int[Math.min(COPIED, maps.width() + 8 - from)];
            Arrays.fill(mask, 0xff);
            copy.add(new Bits(
                    BEFORE_FOUND + from / 4, NUMBER + from / 4, Bytes.of(mask), Bytes.of(new int[mask.length])));
        }
        return copy;
    }

    /** The key of {@code clients}: the route, whatever the policy, and the client. */
    private List<Expression> client() {
        List<Expression> client = new ArrayList<>();
        for (int from = 0; from < maps.width() + 8; from += COPIED) {
            client.add(new LoadMeta(Meta.MARK, BEFORE_FOUND + from / 4)); // for the tool: copy() begins there
        }
        client.add(new LoadMeta(Meta.MARK, 0));
        client.add(new Bits(0, 0, words.routeMask(), NONE));
        client.add(new Ruleset.Header(maps).source(1));
        return client;
    }
}
