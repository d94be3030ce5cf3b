using System.Text;
using System.Text.Json;
using Dmoerm.Data;

namespace Dmoerm.Tests.Data;

public class StrictJsonTests
{
    [Fact]
    public void Parse_CommentsAndTrailingCommas_AreAllowed()
    {
        var recipe = StrictJson.Parse<Recipe>(
            """
            {
              // why
              "name": "x",
              "learningRate": 1e-3, /* TRL */
              "kind": "lowRank",
              "parts": { "b": { "gap": 2, }, "a": { "groupBy": "topic" } },
            }
            """,
            "here");
        Assert.Equal(("x", 1e-3, Kind.LowRank), (recipe.Name, recipe.LearningRate, recipe.Kind));
        Assert.Equal(["b", "a"], recipe.Parts.Keys);
        Assert.Equal((2d, "topic"), (recipe.Parts["b"].Gap, recipe.Parts["a"].GroupBy));
    }

    [Theory]
    [InlineData("{\n\"name\":\"x\",\n\"learnigRate\":1}", "line 3", "field 'learnigRate'", "nearest: 'learningRate'")]
    [InlineData("{\"name\":\"x\",\"parts\":{\"a.b\":{\n\"group\":1}}}", "line 2", "'group'", "nearest: 'groupBy'")]
    [InlineData("{\"name\":\"x\",\"parts\":{\"a\":{\"capabilities\":{\"k\":{\"lowerIsBeter\":true}}}}}", "parts.a.capabilities.k.lowerIsBeter", "came 'lowerIsBeter'", "nearest: 'lowerIsBetter'")]
    [InlineData("{\"name\":\"x\",\"steps\":[{\"rat\":1}]}", "steps[0].rat", "came 'rat'", "nearest: 'rate'")]
    [InlineData("{\"Name\":\"x\"}", "line 1", "came 'Name'", "nearest: 'name'")]
    public void Parse_UnknownField_NamesTheNearest(string json, params string[] parts) => AssertFails(json, parts);

    [Theory]
    [InlineData("{\"name\":\"x\",\n\"learningRate\":\"fast\"}", "line 2", "'learningRate'", "expected a number")]
    [InlineData("{\"name\":\"x\",\"kind\":\"lorra\"}", "'kind'", "expected one of full, lowRank")]
    [InlineData("{\"name\":\"x\",\"kind\":1}", "'kind'", "expected one of full, lowRank")]
    [InlineData("{\"name\":3}", "'name'", "expected text")]
    [InlineData("{\"name\":\"x\",\"limit\":1.5}", "'limit'", "expected a whole number")]
    [InlineData("{\"name\":\"x\",\"steps\":{}}", "'steps'", "expected a list")]
    [InlineData("{\"name\":\"x\",\"parts\":[]}", "'parts'", "expected an object")]
    [InlineData("{\"learningRate\":1}", "expected field 'name', which is missing")]
    [InlineData("{\"name\":null}", "'name'", "null")]
    [InlineData("{\"name\":\"x\",\"name\":\"y\"}", "'name'", "a field that is repeated")]
    [InlineData("{\"name\":\"x\"", "line 1")]
    [InlineData("{\"name\":\"x\"} {}", "line 1")]
    [InlineData("null", "came null")]
    public void Parse_BadContent_IsNamed(string json, params string[] parts) => AssertFails(json, parts);

    [Fact]
    public void Read_File_SkipsTheMarkAndRefusesBrokenUtf8()
    {
        using var marked = RowFile.OfBytes([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("{\"name\":\"x\"}")], "recipe.json");
        Assert.Equal("x", StrictJson.Read<Recipe>(marked.Path).Name);
        using var broken = RowFile.OfBytes([.. Encoding.UTF8.GetBytes("{\"name\":\""), 0xFF, .. Encoding.UTF8.GetBytes("\"}")], "recipe.json");
        var error = Assert.Throws<InvalidDataException>(() => StrictJson.Read<Recipe>(broken.Path));
        Assert.StartsWith($"{broken.Path}: expected UTF-8", error.Message);
    }

    [Fact]
    public void Options_Write_WhatParseReads()
    {
        var recipe = new Recipe { Name = "x", Kind = Kind.LowRank, Limit = 3 };
        var json = JsonSerializer.Serialize(recipe, StrictJson.Options);
        Assert.Contains("\"lowRank\"", json);
        Assert.Equal(json, JsonSerializer.Serialize(StrictJson.Parse<Recipe>(json, "here"), StrictJson.Options));
    }

    private static void AssertFails(string json, string[] parts)
    {
        var error = Assert.Throws<InvalidDataException>(() => StrictJson.Parse<Recipe>(json, "recipe.json"));
        Assert.StartsWith("recipe.json", error.Message);
        Assert.All(parts, part => Assert.Contains(part, error.Message));
        Assert.DoesNotContain("System.", error.Message);
        Assert.DoesNotContain("Dmoerm", error.Message);
    }

    private enum Kind
    {
        Full,
        LowRank,
    }

    private sealed record Recipe
    {
        public required string Name { get; init; }

        public double LearningRate { get; init; }

        public Kind Kind { get; init; }

        public int? Limit { get; init; }

        public IReadOnlyList<Step> Steps { get; init; } = [];

        public IReadOnlyDictionary<string, CategorySource> Parts { get; init; } = new Dictionary<string, CategorySource>();
    }

    private sealed record Step(double Rate);
}
