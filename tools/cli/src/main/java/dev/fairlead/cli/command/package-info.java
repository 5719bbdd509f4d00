/**
 * The commands of the program, one class each: options in, a call, words out. What is wrong with what the user wrote or
 * with the machine is a {@code Failure}, a sentence that says what would be right. Start reading at {@code Fairlead}.
 */
package dev.fairlead.cli.command;
