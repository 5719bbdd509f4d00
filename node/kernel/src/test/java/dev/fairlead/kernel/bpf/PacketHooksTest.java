// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.bpf;

import static dev.fairlead.kernel.bpf.Register.R0;
import static dev.fairlead.kernel.bpf.Register.R1;
import static dev.fairlead.kernel.bpf.Register.R10;
import static dev.fairlead.kernel.bpf.Register.R2;
import static dev.fairlead.kernel.bpf.Register.R6;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.Probe;
import dev.fairlead.kernel.bpf.Instruction.Condition;
import dev.fairlead.kernel.bpf.Instruction.Width;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.kernel.testing.Lab;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Programs run for the packets of an interface, as long as their link is held. */
class PacketHooksTest {
    private static final int LENGTH = 0; // struct __sk_buff
    private static final int NEXT = -1;
    private static final int DROP = 2;
    private static final MapSpec BYTES = MapSpec.array("bytes", 8, 1);
    private static final byte[] FIRST = new byte[4];

    @BeforeAll
    static void possible() {
        Probe probe = Probe.packetHooks();
        Assumptions.assumeTrue(probe.possible(), probe.toString());
    }

    /** Adds up the lengths of all packets, and says the same of each. */
    private static Program counting(Hook hook, int verdict) {
        return new Assembler()
                .load(Width.WORD, R6, R1, LENGTH)
                .store(Width.WORD, R10, -4, 0)
                .setStack(R2, -4)
                .setMap(R1, BYTES.name())
                .call(KernelFunction.MAP_LOOKUP)
                .jumpIf(R0, Condition.EQUAL, 0, "out")
                .addAtOnce(R0, 0, R6)
                .label("out")
                .set(R0, verdict)
                .exit()
                .program("counting", hook);
    }

    private static long counted(BpfMap bytes) {
        return ByteBuffer.wrap(bytes.lookup(FIRST).orElseThrow())
                .order(ByteOrder.nativeOrder())
                .getLong();
    }

    @Test
    void bytesAreCountedInBothDirectionsUntilTheLinkEnds() throws Exception {
        try (Lab lab = new Lab()) {
            Host server = lab.host("server");
            Host client = lab.host("client");
            server.serve(8080);
            client.ask(server.v4(), 8080, "before");
            int link = server.network().index("eth0");
            try (BpfMap in = BpfMap.create(BYTES);
                    BpfMap out = BpfMap.create(BYTES);
                    LoadedProgram ingress = LoadedProgram.load(counting(Hook.TCX_INGRESS, NEXT), List.of(in));
                    LoadedProgram egress = LoadedProgram.load(counting(Hook.TCX_EGRESS, NEXT), List.of(out))) {
                try (ProgramLink _ = ProgramLink.atInterface(ingress, server.namespace(), link);
                        ProgramLink _ = ProgramLink.atInterface(egress, server.namespace(), link)) {
                    client.ask(server.v4(), 8080, "x".repeat(10_000));
                    assertThat(counted(in)).isBetween(10_000L, 20_000L);
                    assertThat(counted(out)).isPositive();
                }
                long then = counted(in);
                client.ask(server.v4(), 8080, "after");
                assertThat(counted(in)).isEqualTo(then);
            }
        }
    }

    @Test
    void packetsAreDroppedUntilTheLinkEnds() throws Exception {
        try (Lab lab = new Lab()) {
            Host server = lab.host("server");
            Host client = lab.host("client");
            server.serve(8080);
            try (BpfMap bytes = BpfMap.create(BYTES);
                    LoadedProgram program = LoadedProgram.load(counting(Hook.TCX_INGRESS, DROP), List.of(bytes))) {
                try (ProgramLink _ = ProgramLink.atInterface(
                        program, server.namespace(), server.network().index("eth0"))) {
                    assertThatThrownBy(() -> {
                                try (Socket socket = client.connect(server.v4(), 8080, Duration.ofMillis(300))) {
                                    throw new AssertionError("connected: " + socket);
                                }
                            })
                            .isInstanceOf(java.io.IOException.class);
                    assertThat(counted(bytes)).isPositive();
                }
                client.ask(server.v4(), 8080, "again");
            }
        }
    }

    @Test
    void anInterfaceThatIsNotThere() {
        try (Lab lab = new Lab();
                BpfMap bytes = BpfMap.create(BYTES);
                LoadedProgram program = LoadedProgram.load(counting(Hook.TCX_INGRESS, NEXT), List.of(bytes))) {
            Host host = lab.host("host");
            assertThatThrownBy(() -> ProgramLink.atInterface(program, host.namespace(), 4711))
                    .isInstanceOfSatisfying(KernelException.class, refused -> {
                        assertThat(refused.errno()).isEqualTo(Errno.ENODEV);
                        assertThat(refused.operation()).isEqualTo("attach counting to interface 4711");
                    });
        }
    }
}
