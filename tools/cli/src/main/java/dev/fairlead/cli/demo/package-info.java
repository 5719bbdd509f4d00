/**
 * The demonstration: a shop under live traffic while it is scaled, killed, made unready and rolled out, with a report of
 * what every request met. It uses an instance as any client would: the API, Service addresses, pods' own ports. Start
 * reading at {@code Story}.
 */
package dev.fairlead.cli.demo;
