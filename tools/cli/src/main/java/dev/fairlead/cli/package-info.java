/** The {@code fairlead} program. {@code Main} picks the command; what a command does lies in {@code command}. */
package dev.fairlead.cli;
