// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.bpf;

import static dev.fairlead.kernel.bpf.Register.R0;
import static dev.fairlead.kernel.bpf.Register.R1;
import static dev.fairlead.kernel.bpf.Register.R10;
import static dev.fairlead.kernel.bpf.Register.R2;
import static dev.fairlead.kernel.bpf.Register.R6;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.kernel.bpf.Instruction.Computation;
import dev.fairlead.kernel.bpf.Instruction.Condition;
import dev.fairlead.kernel.bpf.Instruction.Width;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a person reads and what the kernel gets are the same program. */
class ProgramTest {
    private static final Program PROGRAM = new Assembler()
            .set(R6, R1)
            .load(Width.WORD, R2, R6, 24)
            .store(Width.HALF, R10, -8, R2)
            .store(Width.LONG, R10, -16, -1)
            .setLong(R1, 0x1122_3344_8877_6655L)
            .jumpIf(R2, Condition.NOT_EQUAL, R1, "look")
            .jump("out")
            .label("look")
            .setMap(R1, "services")
            .setStack(R2, -16)
            .call(KernelFunction.MAP_LOOKUP)
            .jumpIf(R0, Condition.EQUAL, 0, "out")
            .compute(R2, Computation.MOVE, 3)
            .compute(R2, Computation.REMAINDER, 2)
            .addAtOnce(R0, 8, R2)
            .label("out")
            .set(R0, 1)
            .exit()
            .program("example", Hook.CONNECT4);

    @Test
    void aProgramIsReadable() {
        assertThat(PROGRAM.listing()).isEqualTo("""
                example at connect4
                    0  r6 = r1
                    1  r2 = u32[r6 + 24]
                    2  u16[r10 - 8] = r2
                    3  u64[r10 - 16] = -1
                    4  r1 = 0x1122334488776655 (64 bits)
                    6  if r2 != r1 goto look
                    7  goto out
                look:
                    8  r1 = map services
                   10  r2 = r10
                   11  r2 += -16
                   12  call map_lookup
                   13  if r0 == 0 goto out
                   14  r2 = 3
                   15  r2 %= 2
                   16  u64[r0 + 8] += r2 (at once)
                out:
                   17  r0 = 1
                   18  exit
                """);
        assertThat(PROGRAM.maps()).containsExactly("services");
    }

    /** Bytes as RFC 9669 lays them out: code, registers, offset, number. */
    @Test
    void theKernelGetsTheSame() {
        assertThat(PROGRAM.encoded(Map.of("services", 7)))
                .containsExactly(
                        0x00000000_0000_16_bfL,
                        0x00000000_0018_62_61L,
                        0x00000000_fff8_2a_6bL,
                        0xffffffff_fff0_0a_7aL,
                        0x88776655_0000_01_18L,
                        0x11223344_0000_00_00L,
                        0x00000000_0001_12_5dL,
                        0x00000000_0009_00_05L,
                        0x00000007_0000_11_18L,
                        0L,
                        0x00000000_0000_a2_bfL,
                        0xfffffff0_0000_02_07L,
                        0x00000001_0000_00_85L,
                        0x00000000_0003_00_15L,
                        0x00000003_0000_02_b7L,
                        0x00000002_0000_02_97L,
                        0x00000000_0008_20_dbL,
                        0x00000001_0000_00_b7L,
                        0x00000000_0000_00_95L);
    }

    @Test
    void whatCannotBeIsRefusedWhenItIsWritten() {
        assertThatThrownBy(() -> new Assembler().jump("nowhere").exit().program("p", Hook.CONNECT4))
                .hasMessage("p has no label nowhere");
        assertThatThrownBy(() -> new Assembler().label("a").label("a").exit().program("p", Hook.CONNECT4))
                .hasMessage("the label a is there twice");
        assertThatThrownBy(() -> new Assembler().exit().program("a name that is long", Hook.CONNECT4))
                .hasMessageContaining("1 to 15");
        assertThatThrownBy(() -> PROGRAM.encoded(Map.of())).hasMessage("nobody said what services is");
    }
}
