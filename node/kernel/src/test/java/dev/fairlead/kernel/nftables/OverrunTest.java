// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.nftables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.NeedsNamespaces;
import dev.fairlead.kernel.namespace.Namespace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The kernel has more to say than there is room for, and some of it is lost: what comes after is right all the same. */
@ExtendWith(NeedsNamespaces.class)
class OverrunTest {
    private static final Table TABLE = Table.shared(Family.INET, "test");
    private static final NamedSet MARKS = NamedSet.set("marks", List.of(Field.MARK));
    private static final int MANY = 10_000;

    @Test
    void aBatchRefusedInMorePlacesThanThereIsRoomForHarmsNobodyAfterIt() throws Exception {
        try (Namespace namespace = Namespace.create("overrun");
                Nftables nftables = Nftables.in(namespace, 1)) {
            nftables.commit("make it", new Transaction(TABLE).addTable().add(MARKS));
            Transaction refused = new Transaction(TABLE);
            for (int i = 0; i < MANY; i++) {
                refused.clearSet("nobody" + i);
            }
            assertThatThrownBy(() -> nftables.commit("clear what is not there", refused))
                    .isInstanceOfSatisfying(
                            KernelException.class,
                            refusal -> assertThat(refusal.isNotFound())
                                    .as(refusal.getMessage())
                                    .isTrue());
            assertThat(lost(namespace)).as("answers that were lost").isPositive();

            int generation = nftables.generation();
            List<Element> elements = new ArrayList<>();
            Transaction taken = new Transaction(TABLE);
            for (int i = 0; i < MANY; i++) {
                elements.add(Element.of(Bytes.mark(i)));
                taken.put("marks", elements.getLast());
            }
            nftables.commit("fill it", taken);

            assertThat(nftables.generation()).isEqualTo(generation + 1);
            assertThat(nftables.elements(TABLE, "marks")).containsExactlyInAnyOrderElementsOf(elements);
        }
    }

    /** How many messages the kernel could not hand to sockets of netfilter in a namespace. */
    private static long lost(Namespace namespace) throws Exception {
        // sk, protocol, port, groups, room used to receive and to send, dump, locks, drops, inode
        List<String> lines = namespace.call(() -> Files.readAllLines(Path.of("/proc/thread-self/net/netlink")));
        return lines.stream()
                .skip(1)
                .map(line -> line.strip().split("\\s+"))
                .filter(socket -> socket[1].equals("12"))
                .mapToLong(socket -> Long.parseLong(socket[8]))
                .sum();
    }
}
