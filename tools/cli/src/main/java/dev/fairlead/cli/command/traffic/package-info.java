/**
 * What {@code fairlead top} shows: {@link dev.fairlead.cli.command.traffic.Look} is what nodes told at one moment, {@link
 * dev.fairlead.cli.command.traffic.Passing} what follows from two of them, {@link
 * dev.fairlead.cli.command.traffic.TrafficTable} its text. Start reading at {@code Passing}.
 *
 * <p>Invariant: what some node does not count is unknown ({@code -}), never zero.
 */
package dev.fairlead.cli.command.traffic;
