/**
 * What {@code fairlead lab} plays: {@link dev.fairlead.cli.command.lab.Cast} is who has a part, as files say, {@link
 * dev.fairlead.cli.command.lab.Stage} puts them up as network namespaces and carries their Services, {@link
 * dev.fairlead.cli.command.lab.FlowTable} has everybody ask at every frontend. Start reading at {@code Stage}.
 *
 * <p>Invariant: all of it belongs to this process and ends with it, however it ends; nothing is seen on the host.
 */
package dev.fairlead.cli.command.lab;
