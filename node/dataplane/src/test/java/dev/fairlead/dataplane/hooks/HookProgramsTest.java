// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.kernel.bpf.Instruction;
import dev.fairlead.kernel.bpf.MapSpec;
import dev.fairlead.kernel.bpf.Program;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The programs as people can read them. */
class HookProgramsTest {
    private static final HookPrograms PROGRAMS = new HookPrograms(0x1234, true, true);

    private static Program named(String name) {
        return named(PROGRAMS, name);
    }

    private static Program named(HookPrograms programs, String name) {
        return programs.all().stream()
                .filter(program -> program.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aConnectedSocketsPeerIsTheServiceIfItIsTheEndpoint() {
        assertThat(named("fl_getpeername4").listing()).isEqualTo("""
                fl_getpeername4 at getpeername4
                    0  r6 = r1
                    1  u64[r10 - 24] = 0
                    2  u32[r10 - 16] = -65536
                    3  r1 = u32[r6 + 4]
                    4  u32[r10 - 12] = r1
                    5  r1 = u32[r6 + 24]
                    6  u32[r10 - 8] = r1
                    7  r1 = map peers
                    9  r2 = u64[r6 + 64]
                   10  r3 = 0
                   11  r4 = 0
                   12  call socket_storage_get
                   13  if r0 == 0 goto other
                   14  r9 = r0
                   15  r1 = u64[r9 + 16]
                   16  r2 = u64[r10 - 24]
                   17  if r1 != r2 goto other
                   18  r1 = u64[r9 + 24]
                   19  r2 = u64[r10 - 16]
                   20  if r1 != r2 goto other
                   21  r1 = u32[r9 + 36]
                   22  r2 = u32[r10 - 8]
                   23  if r1 == r2 goto found
                other:
                   24  goto out
                found:
                   25  r1 = u32[r9 + 12]
                   26  u32[r6 + 4] = r1
                   27  r1 = u32[r9 + 32]
                   28  u32[r6 + 24] = r1
                out:
                   29  r0 = 1
                   30  exit
                """);
    }

    @Test
    void everyMapIsThereAndEveryHookHasOneProgram() {
        Set<String> maps = new HashSet<>();
        HookMaps.remembered().stream().map(MapSpec::name).forEach(maps::add);
        HookMaps.USUAL.planned().stream().map(MapSpec::name).forEach(maps::add);
        List<Program> all = PROGRAMS.all();
        Set<String> used = new HashSet<>();
        all.forEach(program -> used.addAll(program.maps()));
        assertThat(used).isEqualTo(maps);
        assertThat(all.stream().map(Program::hook)).doesNotHaveDuplicates().hasSize(9);
        assertThat(all)
                .allSatisfy(program -> assertThat(program.instructions().stream()
                                .mapToInt(Instruction::slots)
                                .sum())
                        .as(program.name())
                        .isLessThan(400));
    }

    @Test
    void whereOthersAreNoPodsTheyAreLeftAlone() {
        assertThat(named("fl_connect4").listing()).contains("  if r0 != r1 goto whose\n", "call set_result\n");
        Program connect = named(new HookPrograms(0x1234, false, false), "fl_connect4");
        assertThat(connect.listing())
                .contains("r1 = 0x1234 (64 bits)\n")
                .doesNotContain("goto whose", "call set_result");
    }
}
