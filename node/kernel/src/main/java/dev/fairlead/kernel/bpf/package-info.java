/**
 * bpf(2): programs the kernel runs when a process connects or sends, or an interface does, and the maps they share with us.
 *
 * <p>A {@link dev.fairlead.kernel.bpf.Program} is a value: a list of {@link dev.fairlead.kernel.bpf.Instruction}s, written
 * with {@link dev.fairlead.kernel.bpf.Assembler} and shown by {@link dev.fairlead.kernel.bpf.Program#listing()}; it names its
 * maps, so it can be read and compared without a kernel. {@link dev.fairlead.kernel.bpf.LoadedProgram} is what the kernel has
 * checked and taken, {@link dev.fairlead.kernel.bpf.ProgramLink} binds it to a cgroup or a
 * network interface, {@link
 * dev.fairlead.kernel.bpf.BpfMap} is a map, {@link dev.fairlead.kernel.bpf.UdpSockets} ends sockets that were led astray.
 *
 * <p>Invariants: nothing is pinned, everything lives by descriptors of this process and is closed on exec, so when the process
 * ends, however it does, links, programs and maps are gone. No compiler and no library is used. Source of every number: {@code
 * uapi/linux/bpf.h}. Start reading at {@code Assembler}.
 */
package dev.fairlead.kernel.bpf;
