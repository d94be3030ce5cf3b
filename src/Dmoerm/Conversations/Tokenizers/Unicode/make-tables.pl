#!/usr/bin/perl
# Writes decompositions.txt, kinds.txt and scripts.txt from the Unicode data that Perl carries (5.36: Unicode 14): perl make-tables.pl
# Each table is that of the Unicode version which Hugging Face tokenizers knows: characters that came later are left out.
use strict;
use warnings;
use Unicode::UCD qw(prop_invmap charinfo);
use Unicode::Normalize qw(NFC getCombinClass);

my ($normal, $script, $mark, $punctuation) = (9.0, 9.0, 9.0, 8.0);
# What these were in that version, and are no more.
my %script_of = (0x0589 => "Common", 0x061C => "Common", 0x0953 => "Devanagari", 0x0954 => "Devanagari");
my %kind_of = (0x166D => "P", 0x1CF2 => "M", 0x1CF3 => "M", 0x111C9 => "P");

sub table {
    my ($starts, $values) = prop_invmap($_[0]);
    return sub {
        my ($low, $high) = (0, $#$starts);
        while ($low < $high) {
            my $middle = int(($low + $high + 1) / 2);
            if ($starts->[$middle] <= $_[0]) { $low = $middle } else { $high = $middle - 1 }
        }
        return $values->[$low];
    };
}

sub known {
    my ($age, $version) = @_;
    $age =~ s/^V(\d+)_(\d+)$/$1.$2/;
    return $age =~ /^[\d.]+$/ && $age <= $version;
}

my ($age, $named, $category) = (table("Age"), table("Script"), table("General_Category"));

open(my $out, ">", "decompositions.txt") or die;
my @run;
sub flush_run {
    return unless @run;
    my ($first, $last, $sign, $text) = @run;
    print $out sprintf("%04X", $first), $first == $last ? "" : sprintf("-%04X", $last), "$sign$text\n";
    @run = ();
}
for my $c (0 .. 0x10FFFF) {
    next if $c >= 0xAC00 && $c <= 0xD7A3 || $c >= 0xD800 && $c <= 0xF8FF || !known($age->($c), $normal);
    my $info = charinfo($c) or next;
    my $text = $info->{decomposition} or next;
    my $sign = $text =~ s/^<\w+> // ? "~" : NFC(chr $c) ne chr $c ? "!" : "=";
    my $single = $text !~ / /;
    if (@run && $single && $run[4] && $run[2] eq $sign && $c == $run[1] + 1 && hex($text) == hex($run[3]) + $c - $run[0]) {
        $run[1] = $c;
        next;
    }
    flush_run();
    @run = ($c, $c, $sign, $text, $single);
}
flush_run();
for my $c (0 .. 0x10FFFF) {
    next if $c >= 0xD800 && $c <= 0xF8FF || !known($age->($c), $normal);
    my $number = getCombinClass($c);
    next unless $number;
    if (@run && $run[1] == $c - 1 && $run[3] eq $number) { $run[1] = $c; next }
    flush_run();
    @run = ($c, $c, "*", $number, 1);
}
flush_run();
close $out;

open($out, ">", "scripts.txt") or die;
for my $c (0 .. 0x10FFFF) {
    next if $c >= 0xD800 && $c <= 0xF8FF || !known($age->($c), $script);
    my $name = $script_of{$c} // $named->($c);
    next if $name eq "Unknown";
    if (@run && $run[1] == $c - 1 && $run[3] eq $name) { $run[1] = $c; next }
    flush_run();
    @run = ($c, $c, " ", $name, 1);
}
flush_run();
close $out;

open($out, ">", "kinds.txt") or die;
for my $c (0x80 .. 0x10FFFF) {
    next if $c >= 0xD800 && $c <= 0xF8FF;
    my $name = $kind_of{$c} // substr($category->($c), 0, 1);
    next unless $name eq "M" && known($age->($c), $mark) || $name eq "P" && known($age->($c), $punctuation);
    if (@run && $run[1] == $c - 1 && $run[3] eq $name) { $run[1] = $c; next }
    flush_run();
    @run = ($c, $c, " ", $name, 1);
}
flush_run();
close $out;
