int everything(int n)
{
	WARN_ON(n == 3);
	alternative("nop; nop; nop", "lfence", "9*32+9");
	return n;
}
